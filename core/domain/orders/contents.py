"""What an order has, and what follows from it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.address import Address
from core.domain.errors import CartEmpty, Invalid, NotFound
from core.domain.events import Event
from core.domain.fields.values import FrozenField
from core.domain.fulfillment import FulfillmentState, Shipment
from core.domain.identifiers import CustomerId, DataKeyId, LineKey, OrderId, PurchaseId, Sku
from core.domain.money import Money
from core.domain.orders.holds import Hold
from core.domain.orders.instalments import Instalment, due_of, next_instalment
from core.domain.orders.lines import Move, OrderLine, Shipping
from core.domain.orders.pricing import PLAIN, OrderPricing
from core.domain.orders.states import PAYING, OrderStage, OrderState, stage_of
from core.domain.pricing.quote import Grant


@dataclass(slots=True, eq=False, kw_only=True)
class OrderContents:
    """``checkout_key`` is the idempotency key of the checkout: one order per key.

    An unpaid order is cancelled after ``pay_before``. ``replaces`` is the original order of an
    exchange. ``data_key_id`` is the data key that encrypts the personal data; the repository
    creates one if it is None. After an erasure, ``contact`` is empty and ``address`` is None.

    ``refunded`` units are refunded or exchanged. ``cancelled`` units were refunded before they
    were shipped: they are not sent. Both are counted by line.

    ``combined_in`` is the purchase of several orders that are paid together. It is None for most
    orders: they are purchases of their own. ``instalments`` is empty if the total is due at once.

    ``fields`` are the values of the fields of plugins. An erasure removes the personal ones.
    """

    id: OrderId
    number: str
    checkout_key: str
    contact: str
    address: Address | None
    lines: tuple[OrderLine, ...]
    shipping: Shipping
    language: str
    placed_at: datetime
    pay_before: datetime
    customer_id: CustomerId | None = None
    data_key_id: DataKeyId | None = None
    replaces: OrderId | None = None
    combined_in: PurchaseId | None = None
    instalments: tuple[Instalment, ...] = ()
    state: OrderState = OrderState.PLACED
    fulfillment: FulfillmentState = FulfillmentState.UNFULFILLED
    shipments: tuple[Shipment, ...] = ()
    refunded: Mapping[LineKey, int] = field(default_factory=dict)
    cancelled: Mapping[LineKey, int] = field(default_factory=dict)
    shipping_refunded: bool = False
    grants: tuple[Grant, ...] = ()
    pricing: OrderPricing = PLAIN
    fields: tuple[FrozenField, ...] = ()
    holds: tuple[Hold, ...] = ()
    history: tuple[Move, ...] = ()
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.lines:
            raise CartEmpty
        if len({line.key for line in self.lines}) < len(self.lines):
            raise Invalid("lines", "Two lines of an order have the same key.")

    @property
    def currency(self) -> str:
        return self.shipping.price.currency

    @property
    def goods_total(self) -> Money:
        return sum((line.total for line in self.lines), Money.zero(self.currency))

    @property
    def total(self) -> Money:
        return self.goods_total + self.shipping.paid

    @property
    def purchase_id(self) -> PurchaseId:
        """What is paid together: several orders, or this order alone."""
        return self.combined_in or PurchaseId(self.id)

    @property
    def next_instalment(self) -> Instalment | None:
        """The first one that is not paid; None without instalments too."""
        return next_instalment(self.instalments)

    @property
    def due(self) -> Money:
        """What the buyer has to pay now."""
        if self.state is not OrderState.PLACED:
            return Money.zero(self.currency)
        return due_of(self.total, self.instalments)

    @property
    def paid_instalments(self) -> Money:
        paid = (each.amount for each in self.instalments if each.paid_at is not None)
        return sum(paid, Money.zero(self.currency))

    @property
    def quantities(self) -> Mapping[LineKey, int]:
        return {line.key: line.quantity for line in self.lines}

    @property
    def region(self) -> str:
        """The region of the address; empty after an erasure."""
        return self.address.region if self.address else ""

    @property
    def unshipped(self) -> Mapping[LineKey, int]:
        """Units by line that are still to be shipped: neither in a shipment nor cancelled."""
        left = Counter(self.quantities)
        left.subtract(self.cancelled)
        for shipment in self.shipments:
            left.subtract(shipment.quantities)
        return {key: units for key, units in left.items() if units > 0}

    @property
    def was_paid(self) -> bool:
        """Whether it was paid before, also if it is cancelled now."""
        return any(each.move in PAYING for each in self.history)

    @property
    def stage(self) -> OrderStage:
        return stage_of(self.state, self.fulfillment)

    @property
    def delivered_at(self) -> datetime | None:
        """The time since which nothing is left to deliver; None if something is."""
        if self.fulfillment is not FulfillmentState.DELIVERED:
            return None
        return max(each.at for each in self.history if each.move == "deliver_rest")

    def line(self, key: LineKey) -> OrderLine:
        """Raises `NotFound`."""
        for line in self.lines:
            if line.key == key:
                return line
        raise NotFound("order line", key)

    def by_sku(self, quantities: Mapping[LineKey, int]) -> Mapping[Sku, int]:
        """Add up units of lines by SKU, for the stock. Raises `NotFound`."""
        units = Counter[Sku]()
        for key, count in quantities.items():
            units[self.line(key).sku] += count
        return units
