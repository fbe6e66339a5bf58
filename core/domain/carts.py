"""A cart: lines to buy, and the delivery address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.address import Address
from core.domain.errors import MAX_LINE_QUANTITY, Invalid, NotFound, QuantityOutOfRange
from core.domain.identifiers import CartId, CustomerId, DataKeyId, Sku
from core.domain.money import Money

MOST_LINES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """``unit_price`` is the price that was shown when the line was last touched."""

    sku: Sku
    quantity: int
    unit_price: Money

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MAX_LINE_QUANTITY:
            raise QuantityOutOfRange(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """To whom, and who is told about it: ``contact`` is an e-mail or a mobile number."""

    contact: str
    address: Address


@dataclass(slots=True, eq=False, kw_only=True)
class Cart:
    """A guest's is found by its token, a member's by the customer. ``token_hash`` is SHA-256.

    ``person`` is whose key seals the delivery; storage gives one to whoever has none.
    """

    id: CartId
    token_hash: str
    currency: str
    updated_at: datetime
    customer_id: CustomerId | None = None
    lines: tuple[CartLine, ...] = ()
    delivery: Delivery | None = None
    data_key_id: DataKeyId | None = None
    version: int = 0

    @property
    def quantities(self) -> Mapping[Sku, int]:
        return {line.sku: line.quantity for line in self.lines}

    def add(self, sku: Sku, quantity: int, unit_price: Money) -> None:
        """Put more of a SKU in; it takes the price of now."""
        if quantity < 1:
            raise QuantityOutOfRange(quantity)
        self._put(sku, self.quantities.get(sku, 0) + quantity, unit_price)

    def set_quantity(self, sku: Sku, quantity: int, unit_price: Money) -> None:
        """Say how many; zero takes the line out."""
        if sku not in self.quantities:
            raise NotFound("cart line", sku)
        if quantity == 0:
            self.remove(sku)
        else:
            self._put(sku, quantity, unit_price)

    def remove(self, sku: Sku) -> None:
        self.lines = tuple(line for line in self.lines if line.sku != sku)

    def clear(self) -> None:
        self.lines = ()

    def deliver_to(self, delivery: Delivery) -> None:
        self.delivery = delivery

    def merge_guest_cart(self, guest: "Cart") -> None:
        """Take over a guest's cart at log-in.

        The larger quantity of the two wins for each SKU, not the sum: whoever filled both
        carts with the same goods wanted them once. The guest's price is the one last seen.
        """
        merged = {line.sku: line for line in self.lines}
        for line in guest.lines:
            mine = merged.get(line.sku)
            if mine is None or mine.quantity <= line.quantity:
                merged[line.sku] = line
            else:
                merged[line.sku] = CartLine(
                    sku=line.sku, quantity=mine.quantity, unit_price=line.unit_price
                )
        self.lines = tuple(merged.values())[:MOST_LINES]
        self.delivery = guest.delivery or self.delivery

    def _put(self, sku: Sku, quantity: int, unit_price: Money) -> None:
        if sku not in self.quantities and len(self.lines) >= MOST_LINES:
            raise Invalid(
                "cart", "The cart holds at most {most} different products.", most=MOST_LINES
            )
        line = CartLine(sku=sku, quantity=quantity, unit_price=unit_price)
        if sku in self.quantities:
            self.lines = tuple(line if old.sku == sku else old for old in self.lines)
        else:
            self.lines = (*self.lines, line)
