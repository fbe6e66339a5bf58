"""Carts: lines to buy, and where to deliver them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.address import Address
from core.domain.errors import MAX_LINE_QUANTITY, Invalid, NotFound, QuantityOutOfRange
from core.domain.identifiers import CartId, CustomerId, DataKeyId, Sku
from core.domain.money import Money

MAX_LINES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """``unit_price`` is the price that the customer saw at the last change of the line."""

    sku: Sku
    quantity: int
    unit_price: Money

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MAX_LINE_QUANTITY:
            raise QuantityOutOfRange(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The recipient of the goods. ``contact`` is an email address or a mobile number."""

    contact: str
    address: Address


@dataclass(slots=True, eq=False, kw_only=True)
class Cart:
    """The cart of a guest, found by its token, or of a member, found by ``customer_id``.

    ``token_hash`` is SHA-256. ``data_key_id`` is the data key that encrypts the delivery; the
    repository creates one if it is None.
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
        """Add units of a SKU. The whole line gets the new price."""
        if quantity < 1:
            raise QuantityOutOfRange(quantity)
        self._set_line(sku, self.quantities.get(sku, 0) + quantity, unit_price)

    def set_quantity(self, sku: Sku, quantity: int, unit_price: Money) -> None:
        """Replace the quantity of a line. Zero removes the line."""
        if sku not in self.quantities:
            raise NotFound("cart line", sku)
        if quantity == 0:
            self.remove(sku)
        else:
            self._set_line(sku, quantity, unit_price)

    def remove(self, sku: Sku) -> None:
        self.lines = tuple(line for line in self.lines if line.sku != sku)

    def clear(self) -> None:
        self.lines = ()

    def deliver_to(self, delivery: Delivery) -> None:
        self.delivery = delivery

    def merge_guest_cart(self, guest: "Cart") -> None:
        """Merge the cart of a guest into this cart, at log-in.

        Each SKU gets the larger of the two quantities, not the sum: the same goods in both
        carts were most likely meant once. The price of the guest's cart is the newer one.
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
        self.lines = tuple(merged.values())[:MAX_LINES]
        self.delivery = guest.delivery or self.delivery

    def _set_line(self, sku: Sku, quantity: int, unit_price: Money) -> None:
        if sku not in self.quantities and len(self.lines) >= MAX_LINES:
            raise Invalid(
                "cart", "The cart holds at most {most} different products.", most=MAX_LINES
            )
        line = CartLine(sku=sku, quantity=quantity, unit_price=unit_price)
        if sku in self.quantities:
            self.lines = tuple(line if old.sku == sku else old for old in self.lines)
        else:
            self.lines = (*self.lines, line)
