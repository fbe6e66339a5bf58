"""An order, from the moment it is placed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.address import Address
from core.domain.errors import CartEmpty, IllegalTransition, Invalid
from core.domain.events import (
    Event,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    PaymentArrivedLate,
)
from core.domain.identifiers import CustomerId, OrderId, PaymentId, ProductId, ShipmentId, Sku
from core.domain.money import Money
from core.domain.text import Text


class OrderState(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


# Every move an order can make. A move that is not here raises.
MOVES: dict[tuple[OrderState, str], OrderState] = {
    (OrderState.PLACED, "pay"): OrderState.PAID,
    (OrderState.PLACED, "cancel"): OrderState.CANCELLED,
    (OrderState.PAID, "ship"): OrderState.SHIPPED,
    (OrderState.SHIPPED, "deliver"): OrderState.DELIVERED,
}

HAPPENED: dict[str, type[OrderPaid | OrderCancelled | OrderShipped | OrderDelivered]] = {
    "pay": OrderPaid,
    "cancel": OrderCancelled,
    "ship": OrderShipped,
    "deliver": OrderDelivered,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """What was bought, at the price it was bought for: immutable once placed.

    ``options`` is the choice as people read it, such as 月白 · 450 ml.
    """

    sku: Sku
    product_id: ProductId
    title: Text
    options: Text
    quantity: int
    unit_price: Money
    picture: str = ""

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
class Shipment:
    id: ShipmentId
    carrier: str
    tracking_number: str
    shipped_at: datetime

    def __post_init__(self) -> None:
        number = self.tracking_number
        if not (number.isascii() and number.isalnum() and 6 <= len(number) <= 32):  # noqa: PLR2004
            raise Invalid("tracking_number", "A tracking number has 6 to 32 letters and digits.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of an order's history."""

    move: str
    state: OrderState
    at: datetime
    actor: str


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """``checkout_key`` is the idempotency key under which it was placed: one order a key.

    ``pay_before`` is when an unpaid order gives its stock back.
    """

    id: OrderId
    number: str
    checkout_key: str
    contact: str
    address: Address
    lines: tuple[OrderLine, ...]
    shipping: Shipping
    language: str
    placed_at: datetime
    pay_before: datetime
    customer_id: CustomerId | None = None
    state: OrderState = OrderState.PLACED
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

    def placed(self) -> None:
        self.history = (Move(move="place", state=self.state, at=self.placed_at, actor="customer"),)
        self.events.append(OrderPlaced(order_id=self.id, at=self.placed_at))

    def pay(self, now: datetime) -> None:
        self._move("pay", now, "gateway")

    def paid_in_vain(self, payment_id: PaymentId, now: datetime) -> None:
        """Money came that this order no longer asks for."""
        self.events.append(PaymentArrivedLate(order_id=self.id, payment_id=payment_id, at=now))

    def cancel(self, now: datetime, actor: str) -> None:
        self._move("cancel", now, actor)

    def ship(self, shipment: Shipment, actor: str) -> None:
        self._move("ship", shipment.shipped_at, actor)
        self.shipments = (*self.shipments, shipment)

    def deliver(self, now: datetime, actor: str) -> None:
        self._move("deliver", now, actor)

    def _move(self, move: str, now: datetime, actor: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("order", self.state, move) from None
        self.history = (*self.history, Move(move=move, state=self.state, at=now, actor=actor))
        self.events.append(HAPPENED[move](order_id=self.id, at=now))
