"""An order after it was placed: lines, payment, shipments and history."""

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
    """One SKU with its price at checkout. Immutable.

    ``options`` is the label of the chosen options, such as 月白 · 450 ml. ``return_exception``
    is the legal reason against a return without a reason; empty if there is none.
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
    """The shipping rate that the customer chose, at its price at checkout."""

    code: str
    name: Text
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One entry of the history of an order. ``state`` is the state after the move."""

    move: str
    state: str
    at: datetime
    actor: str


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """``checkout_key`` is the idempotency key of the checkout: one order per key.

    An unpaid order is cancelled after ``pay_before``. ``replaces`` is the original order of an
    exchange. ``data_key_id`` is the data key that encrypts the personal data; the repository
    creates one if it is None. After an erasure, ``contact`` is empty and ``address`` is None.
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
        """The region of the address; empty after an erasure."""
        return self.address.region if self.address else ""

    @property
    def unshipped(self) -> Mapping[Sku, int]:
        """Units by SKU that are not in a shipment yet."""
        left = Counter(self.quantities)
        for shipment in self.shipments:
            left.subtract(shipment.quantities)
        return {sku: units for sku, units in left.items() if units > 0}

    @property
    def stage(self) -> OrderStage:
        return stage_of(self.state, self.fulfillment)

    @property
    def delivered_at(self) -> datetime | None:
        """The delivery time of the last parcel; None until all parcels are delivered."""
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
        self._record("place", self.state, self.placed_at, "customer")
        self.events.append(OrderPlaced(order_id=self.id, at=self.placed_at))

    def pay(self, now: datetime) -> None:
        self._move("pay", now, "gateway")
        self.events.append(OrderPaid(order_id=self.id, at=now))

    def reinstate(self, now: datetime) -> None:
        """Reopen a cancelled order: the payment came late, and the stock is allocated again."""
        self._move("reinstate", now, "gateway")
        self.events.append(OrderPaid(order_id=self.id, at=now))

    def record_late_payment(self, payment_id: PaymentId, now: datetime) -> None:
        """Record a payment that the order does not need, so that it is refunded."""
        self.events.append(PaymentArrivedLate(order_id=self.id, payment_id=payment_id, at=now))

    def cancel(self, now: datetime, actor: str) -> None:
        """Raises `IllegalTransition` after the first shipment."""
        if self.fulfillment is not FulfillmentState.UNFULFILLED:
            raise IllegalTransition("order", self.fulfillment, "cancel")
        self._move("cancel", now, actor)
        self.events.append(OrderCancelled(order_id=self.id, at=now))

    def ship(self, shipment: Shipment, actor: str) -> None:
        """Add a shipment.

        Raises:
            IllegalTransition: the order is not paid.
            Invalid: more units than are left to ship.
        """
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
        self._move_fulfillment(
            "ship_part" if self.unshipped else "ship_rest", shipment.shipped_at, actor
        )
        self.events.append(OrderShipped(order_id=self.id, at=shipment.shipped_at))

    def deliver(self, shipment_id: ShipmentId | None, now: datetime, actor: str) -> None:
        """Mark one shipment as delivered, or all if ``shipment_id`` is None.

        The last delivery completes the order.
        """
        in_transit = [
            each
            for each in self.shipments
            if each.delivered_at is None and shipment_id in {None, each.id}
        ]
        if not in_transit:
            raise IllegalTransition("shipment", self.fulfillment, "deliver")
        self.shipments = tuple(
            replace(each, delivered_at=now) if each in in_transit else each
            for each in self.shipments
        )
        if self.unshipped or any(each.delivered_at is None for each in self.shipments):
            self._move_fulfillment("deliver_part", now, actor)
            return
        self._move_fulfillment("deliver_rest", now, actor)
        self._move("complete", now, actor)
        self.events.append(OrderDelivered(order_id=self.id, at=now))

    def _move(self, move: str, now: datetime, actor: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("order", self.state, move) from None
        self._record(move, self.state, now, actor)

    def _move_fulfillment(self, move: str, now: datetime, actor: str) -> None:
        try:
            self.fulfillment = fulfillment.MOVES[self.fulfillment, move]
        except KeyError:
            raise IllegalTransition("shipment", self.fulfillment, move) from None
        self._record(move, self.fulfillment, now, actor)

    def _record(self, move: str, state: str, now: datetime, actor: str) -> None:
        self.history = (*self.history, Move(move=move, state=str(state), at=now, actor=actor))
