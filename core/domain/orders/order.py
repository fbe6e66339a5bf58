"""An order, from the moment it is placed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.domain import fulfillment
from core.domain.address import Address
from core.domain.errors import CartEmpty, IllegalTransition, Invalid, NotFound
from core.domain.events import (
    Event,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    PaymentArrivedLate,
)
from core.domain.fulfillment import FulfillmentState, Shipment
from core.domain.identifiers import (
    CustomerId,
    DataKeyId,
    OrderId,
    PaymentId,
    ProductId,
    ShipmentId,
    Sku,
)
from core.domain.money import Money
from core.domain.orders.states import MOVES, OrderStage, OrderState, stage_of
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """What was bought, at the price it was bought for: immutable once placed.

    ``options`` is the choice as people read it, such as 月白 · 450 ml. ``return_exception``
    says why the goods cannot be sent back without a reason; empty: they can.
    """

    sku: Sku
    product_id: ProductId
    title: Text
    options: Text
    quantity: int
    unit_price: Money
    picture: str = ""
    return_exception: str = ""

    @property
    def total(self) -> Money:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """How an order is sent, at the price that was quoted."""

    code: str
    name: Text
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of an order's history; ``state`` is what it moved to."""

    move: str
    state: str
    at: datetime
    actor: str


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """``checkout_key`` is the idempotency key under which it was placed: one order a key.

    ``pay_before`` is when an unpaid order gives its stock back. ``replaces`` is the order
    whose goods were exchanged for these. ``person`` is whose key seals what is personal;
    storage gives one to whoever has none. Once that was erased, there is neither ``contact``
    nor ``address``.
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
    state: OrderState = OrderState.PLACED
    fulfillment: FulfillmentState = FulfillmentState.UNFULFILLED
    shipments: tuple[Shipment, ...] = ()
    history: tuple[Move, ...] = ()
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.lines:
            raise CartEmpty

    @property
    def currency(self) -> str:
        return self.shipping.price.currency

    @property
    def goods_total(self) -> Money:
        return sum((line.total for line in self.lines), Money.zero(self.currency))

    @property
    def total(self) -> Money:
        return self.goods_total + self.shipping.price

    @property
    def quantities(self) -> Mapping[Sku, int]:
        return {line.sku: line.quantity for line in self.lines}

    @property
    def region(self) -> str:
        """Where it goes; empty if that is not known any more."""
        return self.address.region if self.address else ""

    @property
    def unshipped(self) -> Mapping[Sku, int]:
        """What is still to be sent, without what has gone."""
        left = Counter(self.quantities)
        for shipment in self.shipments:
            left.subtract(shipment.quantities)
        return {sku: units for sku, units in left.items() if units > 0}

    @property
    def stage(self) -> OrderStage:
        return stage_of(self.state, self.fulfillment)

    @property
    def delivered_at(self) -> datetime | None:
        """When the last parcel arrived; None until all of them have."""
        if self.fulfillment is not FulfillmentState.DELIVERED:
            return None
        return max(each.delivered_at for each in self.shipments if each.delivered_at is not None)

    def line(self, sku: Sku) -> OrderLine:
        """Raises `NotFound`."""
        for line in self.lines:
            if line.sku == sku:
                return line
        raise NotFound("order line", sku)

    def placed(self) -> None:
        self._note("place", self.state, self.placed_at, "customer")
        self.events.append(OrderPlaced(order_id=self.id, at=self.placed_at))

    def pay(self, now: datetime) -> None:
        self._move("pay", now, "gateway")
        self.events.append(OrderPaid(order_id=self.id, at=now))

    def reinstate(self, now: datetime) -> None:
        """Money came after it was cancelled, and its goods could be set aside again."""
        self._move("reinstate", now, "gateway")
        self.events.append(OrderPaid(order_id=self.id, at=now))

    def paid_in_vain(self, payment_id: PaymentId, now: datetime) -> None:
        """Money came that this order no longer asks for."""
        self.events.append(PaymentArrivedLate(order_id=self.id, payment_id=payment_id, at=now))

    def cancel(self, now: datetime, actor: str) -> None:
        """Only before anything of it was sent."""
        if self.fulfillment is not FulfillmentState.UNFULFILLED:
            raise IllegalTransition("order", self.fulfillment, "cancel")
        self._move("cancel", now, actor)
        self.events.append(OrderCancelled(order_id=self.id, at=now))

    def ship(self, shipment: Shipment, actor: str) -> None:
        """Hand a parcel to a carrier; what it holds must still be unshipped."""
        if self.state is not OrderState.PAID:
            raise IllegalTransition("order", self.state, "ship")
        left = self.unshipped
        for sku, units in shipment.quantities.items():
            if units > left.get(sku, 0):
                raise Invalid(
                    "quantity",
                    "Only {left} of “{sku}” are left to ship.",
                    left=left.get(sku, 0),
                    sku=sku,
                )
        self.shipments = (*self.shipments, shipment)
        self._send("ship_part" if self.unshipped else "ship_rest", shipment.shipped_at, actor)
        self.events.append(OrderShipped(order_id=self.id, at=shipment.shipped_at))

    def deliver(self, shipment_id: ShipmentId | None, now: datetime, actor: str) -> None:
        """A parcel arrived, or all that are on their way; the last one completes the order."""
        waiting = [
            each
            for each in self.shipments
            if each.delivered_at is None and shipment_id in {None, each.id}
        ]
        if not waiting:
            raise IllegalTransition("shipment", self.fulfillment, "deliver")
        self.shipments = tuple(
            replace(each, delivered_at=now) if each in waiting else each for each in self.shipments
        )
        on_the_way = any(each.delivered_at is None for each in self.shipments)
        if on_the_way or self.unshipped:
            self._send("deliver_part", now, actor)
            return
        self._send("deliver_rest", now, actor)
        self._move("complete", now, actor)
        self.events.append(OrderDelivered(order_id=self.id, at=now))

    def _move(self, move: str, now: datetime, actor: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("order", self.state, move) from None
        self._note(move, self.state, now, actor)

    def _send(self, move: str, now: datetime, actor: str) -> None:
        try:
            self.fulfillment = fulfillment.MOVES[self.fulfillment, move]
        except KeyError:
            raise IllegalTransition("shipment", self.fulfillment, move) from None
        self._note(move, self.fulfillment, now, actor)

    def _note(self, move: str, state: str, now: datetime, actor: str) -> None:
        self.history = (*self.history, Move(move=move, state=str(state), at=now, actor=actor))
