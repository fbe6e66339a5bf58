"""An order after it was placed: payment, shipments and history."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain import fulfillment
from core.domain.errors import AlreadyExists, IllegalTransition, Invalid, NotFound
from core.domain.events import (
    InstalmentPaid,
    OrderCancelled,
    OrderDelivered,
    OrderHoldLifted,
    OrderHoldPlaced,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    PaymentArrivedLate,
)
from core.domain.fulfillment import FulfillmentState, Shipment
from core.domain.identifiers import LineKey, PaymentId, PurchaseId, ShipmentId
from core.domain.orders.contents import OrderContents
from core.domain.orders.holds import Blocked, Hold, HoldEnd, OrderHeld, payable_from
from core.domain.orders.instalments import Instalment, check_instalments
from core.domain.orders.lines import Move
from core.domain.orders.states import MOVES, OrderState


@dataclass(slots=True, eq=False, kw_only=True)
class Order(OrderContents):
    """Changes only by these moves. Each is an entry of the history."""

    def placed(self) -> None:
        self._record("place", self.state, self.placed_at, "customer")
        self.events.append(OrderPlaced(order_id=self.id, at=self.placed_at))

    def check_not_held(self, action: Blocked) -> None:
        """Raises `OrderHeld` if a hold blocks the action."""
        for hold in self.holds:
            if action in hold.blocks:
                raise OrderHeld(hold.code)

    def place_hold(self, hold: Hold, now: datetime, actor: str) -> None:
        """While a hold blocks the payment, the time for it stands still.

        Raises:
            AlreadyExists: the order has a hold with this code.
            IllegalTransition: nothing is left to block.
            Invalid: the hold ends in the past, or cancels an order with shipments.
        """
        if any(each.code == hold.code for each in self.holds):
            raise AlreadyExists("hold", hold.code)
        paid = self.state is not OrderState.PLACED
        if self.state is OrderState.CANCELLED or (paid and hold.blocks == {Blocked.PAY}):
            raise IllegalTransition("order", self.stage, "hold")
        if hold.is_over(now):
            raise Invalid("until", "Enter a time in the future.")
        if hold.then is HoldEnd.CANCEL_AND_REFUND and self.shipments:
            raise Invalid("then", "A package was sent, so the order cannot be cancelled.")
        self._set_holds((*self.holds, hold), now)
        self._record("hold", self.state, now, actor)
        self.events.append(OrderHoldPlaced(order_id=self.id, hold=hold.code, at=now))

    def lift_hold(self, code: str, now: datetime, actor: str) -> None:
        """Raises `NotFound`."""
        left = tuple(each for each in self.holds if each.code != code)
        if len(left) == len(self.holds):
            raise NotFound("hold", code)
        self._set_holds(left, now)
        self._record("lift_hold", self.state, now, actor)
        self.events.append(OrderHoldLifted(order_id=self.id, hold=code, at=now))

    def is_payable(self, now: datetime) -> bool:
        return is_payable(self.state, self.pay_before, self.holds, now)

    def pay(self, now: datetime) -> None:
        self._move("pay", now, "gateway")
        self.events.append(OrderPaid(order_id=self.id, at=now))

    def pay_due(self, now: datetime) -> None:
        """Record the payment of what is due. The last instalment pays the order.

        After another one, the time limit is that of the next.
        """
        due = self.next_instalment
        if due is not None:
            self.instalments = tuple(
                replace(each, paid_at=now) if each is due else each for each in self.instalments
            )
        left = self.next_instalment
        if due is None or left is None:
            self.pay(now)
            return
        self._check_placed("pay")
        self.pay_before = left.pay_before + (payable_from(self.holds, now) - now)
        self._record("instalment_paid", self.state, now, "gateway")
        self.events.append(InstalmentPaid(order_id=self.id, instalment=due.code, at=now))

    def split_payment(self, instalments: Sequence[Instalment], now: datetime) -> None:
        """Let the buyer pay in instalments. The time limit is that of the first one.

        Raises:
            IllegalTransition: the order is not placed, or has instalments.
            Invalid: they are not the total, or their limits are in the past or not in order.
        """
        self._check_placed("split_payment")
        if self.instalments:
            raise Invalid("instalments", "This order has instalments already.")
        check_instalments(instalments, self.total, now)
        self.instalments = tuple(instalments)
        self.pay_before = instalments[0].pay_before + (payable_from(self.holds, now) - now)

    def combine(self, purchase_id: PurchaseId) -> None:
        """Pay it together with other orders.

        Raises:
            IllegalTransition: the order is not placed.
            Invalid: an instalment is paid, or it is combined with others already.
        """
        self._check_placed("combine")
        if self.combined_in is not None or self.paid_instalments.minor:
            raise Invalid("orders", "Order {number} has its own payments.", number=self.number)
        self.combined_in = purchase_id

    def reinstate(self, now: datetime) -> None:
        """Reopen a cancelled order: the payment came late, and the stock is allocated again."""
        self._move("reinstate", now, "gateway")
        self.events.append(OrderPaid(order_id=self.id, at=now))

    def record_late_payment(self, payment_id: PaymentId, now: datetime) -> None:
        """Record a payment that the order does not need, so that it is refunded."""
        self.events.append(PaymentArrivedLate(order_id=self.id, payment_id=payment_id, at=now))

    def cancel(self, now: datetime, actor: str) -> None:
        """Ends all holds. Raises `IllegalTransition` after the first shipment."""
        if self.fulfillment is not FulfillmentState.UNFULFILLED:
            raise IllegalTransition("order", self.fulfillment, "cancel")
        self._move("cancel", now, actor)
        self.holds = ()
        self.events.append(OrderCancelled(order_id=self.id, at=now))

    def cancel_units(self, quantities: Mapping[LineKey, int], now: datetime, actor: str) -> None:
        """Take out units that are refunded before they are shipped.

        Without units left to ship, an order without shipments is cancelled, and any other is
        shipped; it is delivered if all its parcels are.

        Raises:
            IllegalTransition: the order is not paid.
            Invalid: more units than are left to ship.
        """
        if self.state is not OrderState.PAID:
            raise IllegalTransition("order", self.state, "cancel_part")
        self._check_unshipped(quantities)
        self.cancelled = Counter(self.cancelled) + Counter(quantities)
        if self.unshipped:
            self._move_fulfillment("cancel_part", now, actor)
        elif not self.shipments:
            self.cancel(now, actor)
        else:
            self._move_fulfillment("cancel_rest", now, actor)
            if all(each.delivered_at is not None for each in self.shipments):
                self._deliver_rest(now, actor)

    def ship(self, shipment: Shipment, actor: str) -> None:
        """Add a shipment.

        Raises:
            IllegalTransition: the order is not paid.
            OrderHeld: a hold blocks the shipment.
            Invalid: more units than are left to ship.
        """
        if self.state is not OrderState.PAID:
            raise IllegalTransition("order", self.state, "ship")
        self.check_not_held(Blocked.SHIP)
        self._check_unshipped(shipment.quantities)
        self.shipments = (*self.shipments, shipment)
        move = "ship_part" if self.unshipped else "ship_rest"
        self._move_fulfillment(move, shipment.shipped_at, actor)
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
        self._deliver_rest(now, actor)

    def _deliver_rest(self, now: datetime, actor: str) -> None:
        self._move_fulfillment("deliver_rest", now, actor)
        self._move("complete", now, actor)
        self.events.append(OrderDelivered(order_id=self.id, at=now))

    def _check_placed(self, move: str) -> None:
        if self.state is not OrderState.PLACED:
            raise IllegalTransition("order", self.stage, move)

    def _set_holds(self, holds: tuple[Hold, ...], now: datetime) -> None:
        self.pay_before += payable_from(holds, now) - payable_from(self.holds, now)
        self.holds = holds

    def _check_unshipped(self, quantities: Mapping[LineKey, int]) -> None:
        left = self.unshipped
        for key, units in quantities.items():
            sku = self.line(key).sku
            if units > left.get(key, 0):
                raise Invalid(
                    "quantity",
                    "Only {left} of “{sku}” are left to ship.",
                    left=left.get(key, 0),
                    sku=sku,
                )

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


def is_payable(
    state: OrderState, pay_before: datetime, holds: Iterable[Hold], now: datetime
) -> bool:
    """Whether an order can be paid now: it is not paid, in time, and no hold blocks it."""
    held = any(Blocked.PAY in each.blocks for each in holds)
    return state is OrderState.PLACED and now < pay_before and not held
