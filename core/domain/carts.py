"""Carts: lines to buy, and where to deliver them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.domain.address import Address
from core.domain.errors import MAX_LINE_QUANTITY, Invalid, NotFound, QuantityOutOfRange
from core.domain.fields.declared import FieldValues
from core.domain.identifiers import CartId, CustomerId, DataKeyId, LineKey, Sku
from core.domain.money import Money
from core.domain.pricing.coupons.codes import normalised

MAX_LINES = 100
MAX_MERGED_LINES = 2 * MAX_LINES
MAX_POINTS = 10**9
MAX_UNITS = 10_000
"""Sets (第二件半价) look at each unit: more units would make prices slow."""

MAX_COUPONS = 10
MAX_COUPON_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """Units of one SKU.

    ``key`` is unique among all carts, and never used again. ``unit_price`` is the price that the
    customer saw at the last change of the line. ``source`` is the code of the promotion that
    added the line, such as a gift; empty for what the buyer chose. ``fields`` are the values of
    the fields of plugins, by their names; none is personal.
    """

    key: LineKey
    sku: Sku
    quantity: int
    unit_price: Money
    source: str = ""
    fields: FieldValues = field(default_factory=dict)

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

    ``token_hash`` is SHA-256. ``coupons`` are codes as typed. ``points`` is how many points the
    member wants to spend at most. ``data_key_id`` is the data key that
    encrypts the delivery; the repository creates one if it is None.
    """

    id: CartId
    token_hash: str
    currency: str
    updated_at: datetime
    customer_id: CustomerId | None = None
    lines: tuple[CartLine, ...] = ()
    coupons: tuple[str, ...] = ()
    points: int = 0
    delivery: Delivery | None = None
    data_key_id: DataKeyId | None = None
    version: int = 0

    @property
    def units_by_sku(self) -> Mapping[Sku, int]:
        units = Counter[Sku]()
        for line in self.lines:
            units[line.sku] += line.quantity
        return units

    def find_line(self, key: LineKey) -> CartLine | None:
        return next((line for line in self.lines if line.key == key), None)

    def add(
        self, sku: Sku, quantity: int, unit_price: Money, *, key: LineKey, source: str = ""
    ) -> None:
        """Add units to the line of the SKU and the source. The whole line gets the new price.

        ``key`` is the key of the line if it is a new one.
        """
        if quantity < 1:
            raise QuantityOutOfRange(quantity)
        for line in self.lines:
            if (line.sku, line.source) == (sku, source):
                self._replace(line, line.quantity + quantity, unit_price)
                return
        if len(self.lines) >= MAX_LINES:
            raise Invalid(
                "cart", "The cart holds at most {most} different products.", most=MAX_LINES
            )
        line = CartLine(key=key, sku=sku, quantity=quantity, unit_price=unit_price, source=source)
        self._check_units(quantity)
        self.lines = (*self.lines, line)

    def set_quantity(self, key: LineKey, quantity: int, unit_price: Money) -> None:
        """Replace the quantity of a line. Zero removes the line. Raises `NotFound`."""
        line = self.find_line(key)
        if line is None:
            raise NotFound("cart line", key)
        if quantity == 0:
            self.remove(key)
        else:
            self._replace(line, quantity, unit_price)

    def set_fields(self, key: LineKey, fields: FieldValues) -> None:
        """Raises `NotFound`."""
        line = self.find_line(key)
        if line is None:
            raise NotFound("cart line", key)
        changed = replace(line, fields=fields)
        self.lines = tuple(changed if each is line else each for each in self.lines)

    def keep(self, key: LineKey) -> None:
        """Keep a line that a promotion offered as one that the buyer chose.

        It joins the line of the SKU that the buyer chose. A line that is gone is no error.
        """
        line = self.find_line(key)
        if line is None or not line.source:
            return
        chosen = [each for each in self.lines if (each.sku, each.source) == (line.sku, "")]
        if chosen:
            self.remove(key)
            self._replace(chosen[0], chosen[0].quantity + line.quantity, line.unit_price)
        else:
            kept = replace(line, source="")
            self.lines = tuple(kept if each is line else each for each in self.lines)

    def remove(self, key: LineKey) -> None:
        self.lines = tuple(line for line in self.lines if line.key != key)

    def add_coupon(self, code: str) -> None:
        """Add a code, unless it is there in another spelling."""
        if not normalised(code) or len(code) > MAX_COUPON_LENGTH:
            raise Invalid("coupon", "There is no such code. Check it and try again.")
        if normalised(code) in map(normalised, self.coupons):
            return
        if len(self.coupons) >= MAX_COUPONS:
            raise Invalid("coupon", "The cart takes at most {most} codes.", most=MAX_COUPONS)
        self.coupons = (*self.coupons, code)

    def remove_coupon(self, code: str) -> None:
        self.coupons = tuple(each for each in self.coupons if normalised(each) != normalised(code))

    def spend_points(self, points: int) -> None:
        """Raises `Invalid`."""
        if not 0 <= points <= MAX_POINTS:
            raise Invalid("points", "Enter a number of points of at least 0.")
        self.points = points

    def clear(self) -> None:
        """Empty the cart after an order. The delivery stays."""
        self.lines = ()
        self.coupons = ()
        self.points = 0

    def deliver_to(self, delivery: Delivery) -> None:
        self.delivery = delivery

    def merge_guest_cart(self, guest: "Cart") -> None:
        """Merge the cart of a guest into this cart, at log-in.

        Each SKU gets the larger of the two quantities, not the sum: the same goods in both
        carts were most likely meant once. So does each line that a promotion added. The price
        of the guest's cart is the newer one.
        Two full carts fit: no line of either is lost.
        """
        merged = {(line.sku, line.source): line for line in self.lines}
        for line in guest.lines:
            mine = merged.get((line.sku, line.source), line)
            merged[line.sku, line.source] = replace(
                mine, quantity=max(mine.quantity, line.quantity), unit_price=line.unit_price
            )
        self.lines = tuple(merged.values())[:MAX_MERGED_LINES]
        for code in guest.coupons[: MAX_COUPONS - len(self.coupons)]:
            self.add_coupon(code)
        self.delivery = guest.delivery or self.delivery

    def _replace(self, line: CartLine, quantity: int, unit_price: Money) -> None:
        changed = replace(line, quantity=quantity, unit_price=unit_price)
        self._check_units(quantity - line.quantity)
        self.lines = tuple(changed if old is line else old for old in self.lines)

    def _check_units(self, more: int) -> None:
        units = sum(line.quantity for line in self.lines) + more
        if more > 0 and units > MAX_UNITS:
            raise Invalid("cart", "The cart holds at most {most} items.", most=MAX_UNITS)
