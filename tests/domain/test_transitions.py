"""Every aggregate makes the moves of its table and refuses all others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.domain import fulfillment, returns
from core.domain.errors import IllegalTransition, Invalid, ReturnRefused
from core.domain.fulfillment import FulfillmentState, Shipment
from core.domain.identifiers import (
    LineKey,
    OrderId,
    PaymentId,
    PurchaseId,
    RefundId,
    ReturnId,
    ShipmentId,
)
from core.domain.orders import states as order_states
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage, OrderState, stage_of
from core.domain.payments import payment, refund
from core.domain.payments.payment import Payment, PaymentState
from core.domain.payments.refund import Refund, RefundReason, RefundState
from core.domain.payments.shares import Share
from core.domain.return_policy import check_policy
from core.domain.returns import Remedy, Return, ReturnInput, ReturnReason, ReturnState
from tests.factories import NOW, an_order, yuan

A, B = LineKey("1"), LineKey("2")
LINES = {"A": A, "B": B}


def parcel(**quantities: int) -> Shipment:
    return Shipment(
        id=ShipmentId(uuid4()),
        carrier="sf",
        tracking_number="SF1234567890",
        quantities={LINES[name]: units for name, units in quantities.items()},
        shipped_at=NOW,
    )


def a_payment() -> Payment:
    return Payment(
        id=PaymentId(uuid4()),
        purchase_id=PurchaseId(uuid4()),
        shares=(Share(order_id=OrderId(uuid4()), amount=yuan(10)),),
        gateway="bank",
        account="us",
        reference="R1",
        provider_reference="P1",
        amount=yuan(10),
        created_at=NOW,
        expires_at=NOW,
    )


def a_refund(amount: int = 1) -> Refund:
    order_id = OrderId(uuid4())
    return Refund(
        id=RefundId(uuid4()),
        payment_id=PaymentId(uuid4()),
        order_id=order_id,
        paid_order_id=order_id,
        gateway="bank",
        reference="F1",
        amount=yuan(amount),
        reason=RefundReason.GOODWILL,
        requested_at=NOW,
        actor="staff",
    )


def a_return() -> Return:
    return Return(
        id=ReturnId(uuid4()),
        number="3000000000000001",
        order_id=OrderId(uuid4()),
        quantities={A: 1},
        reason=ReturnReason.NO_REASON,
        remedy=Remedy.REFUND,
        requested_at=NOW,
        accepted={A: 1},
    )


Make = Callable[[], Any]
Act = Callable[[Any], None]

PAYMENT_ACTS: dict[str, Act] = {
    "submit": lambda each: each.submit(NOW),
    "pay": lambda each: each.mark_paid("P1", NOW),
    "close": lambda each: each.close(NOW),
    "authorize": lambda each: each.authorize("P1", NOW),
    "capture": lambda each: each.capture(NOW),
    "fail_capture": lambda each: each.fail_capture(NOW),
    "request_void": lambda each: each.request_void(NOW),
    "void": lambda each: each.void(NOW),
    "refund_part": lambda each: each.refund_succeeded(a_refund(1), yuan(0), NOW),
    "refund_rest": lambda each: each.refund_succeeded(a_refund(10), yuan(0), NOW),
    "reverse_part": lambda each: each.refund_reversed(a_refund(1), yuan(2), NOW),
    "reverse_rest": lambda each: each.refund_reversed(a_refund(1), yuan(1), NOW),
}
REPEATED = {
    "pay": payment.CAPTURED,
    "authorize": payment.CAPTURED | payment.UNCAPTURED | {PaymentState.VOIDED},
}
"""Reports that a gateway can repeat or send late. They have no effect."""

REFUND_ACTS: dict[str, Act] = {
    "submit": lambda each: each.submit(NOW),
    "block": lambda each: each.block("no", NOW),
    "resume": lambda each: each.resume(NOW),
    "succeed": lambda each: each.succeed("G1", NOW),
    "fail": lambda each: each.fail("no", NOW),
    "retry": lambda each: each.retry(NOW),
    "replace": lambda each: each.replace(NOW),
    "reverse": lambda each: each.reverse(NOW),
}
RETURN_ACTS: dict[str, Act] = {
    "approve": lambda each: each.approve(NOW),
    "reject": lambda each: each.reject("no", NOW),
    "withdraw": lambda each: each.withdraw(NOW),
    "receive": lambda each: each.receive("SF1234567890", NOW),
    "inspect": lambda each: each.inspect({A: 1}, NOW, restock=True),
    "refund": lambda each: each.refund(NOW),
    "complete_refund": lambda each: each.complete_refund(NOW),
    "exchange": lambda each: each.exchange(NOW),
}
ORDER_ACTS: dict[str, Act] = {
    "pay": lambda each: each.pay(NOW),
    "cancel": lambda each: each.cancel(NOW, "x"),
    "reinstate": lambda each: each.reinstate(NOW),
}

MACHINES: list[tuple[str, Make, dict[Any, Any], dict[str, Act], Any]] = [
    ("order", an_order, order_states.MOVES, ORDER_ACTS, OrderState),
    ("payment", a_payment, payment.MOVES, PAYMENT_ACTS, PaymentState),
    ("refund", a_refund, refund.MOVES, REFUND_ACTS, RefundState),
    ("return", a_return, returns.MOVES, RETURN_ACTS, ReturnState),
]
CASES = [
    pytest.param(make, moves, state, move, act, id=f"{name} that is {state}: {move}")
    for name, make, moves, acts, states in MACHINES
    for state in states
    for move, act in acts.items()
]


@pytest.mark.parametrize(("make", "moves", "state", "move", "act"), CASES)
def test_a_move_is_made_or_refused_as_the_table_says(
    make: Make, moves: dict[Any, Any], state: Any, move: str, act: Act
) -> None:
    aggregate = make()
    aggregate.state = state
    if (state, move) in moves:
        act(aggregate)
        assert aggregate.state is moves[state, move]
    elif isinstance(aggregate, Payment) and state in REPEATED.get(move, frozenset()):
        act(aggregate)
        assert aggregate.state is state
    else:
        with pytest.raises(IllegalTransition):
            act(aggregate)
        assert aggregate.state is state


def test_the_tests_cover_exactly_the_moves_of_the_tables() -> None:
    for name, _, moves, acts, _ in MACHINES:
        tested = {move for _, move in moves} - ({"complete"} if name == "order" else set())
        assert tested == set(acts), name


@pytest.mark.parametrize("state", list(FulfillmentState))
@pytest.mark.parametrize("move", sorted({move for _, move in fulfillment.MOVES}))
def test_fulfillment_makes_or_refuses_a_move_as_the_table_says(
    state: FulfillmentState, move: str
) -> None:
    order = paid_order()
    order.fulfillment = state
    if (state, move) in fulfillment.MOVES:
        order._move_fulfillment(move, NOW, "x")
        assert order.fulfillment is fulfillment.MOVES[state, move]
    else:
        with pytest.raises(IllegalTransition):
            order._move_fulfillment(move, NOW, "x")


def test_every_possible_pair_of_states_has_a_stage() -> None:
    assert stage_of(OrderState.PAID, FulfillmentState.PARTLY_SHIPPED) is OrderStage.PARTLY_SHIPPED
    for state in (OrderState.PLACED, OrderState.CANCELLED):
        assert stage_of(state, FulfillmentState.UNFULFILLED)


def paid_order() -> Order:
    order = an_order(A=2, B=1)
    order.pay(NOW)
    return order


def test_an_order_ships_in_parts_and_the_last_delivery_completes_it() -> None:
    order = paid_order()
    order.ship(parcel(A=1), "staff")
    assert [order.stage] == [OrderStage.PARTLY_SHIPPED]
    assert dict(order.unshipped) == {A: 1, B: 1}
    order.deliver(order.shipments[0].id, NOW, "carrier")
    assert [order.stage] == [OrderStage.PARTLY_SHIPPED]
    order.ship(parcel(A=1, B=1), "staff")
    assert [order.stage] == [OrderStage.SHIPPED]
    assert order.delivered_at is None
    order.deliver(None, NOW + timedelta(days=1), "carrier")
    assert [order.stage] == [OrderStage.DELIVERED]
    assert order.delivered_at == NOW + timedelta(days=1)
    moves = [each.move for each in order.history]
    assert moves == [
        *("place", "pay", "ship_part", "deliver_part", "ship_rest", "deliver_rest", "complete"),
    ]


def test_a_shipment_has_at_most_the_unshipped_units() -> None:
    order = paid_order()
    with pytest.raises(Invalid, match="Only 2"):
        order.ship(parcel(A=3), "staff")
    order.ship(parcel(A=2), "staff")
    with pytest.raises(Invalid, match="Only 0"):
        order.ship(parcel(A=1), "staff")


def test_a_unit_that_is_cancelled_is_not_shipped() -> None:
    order = paid_order()
    order.cancel_units({A: 1}, NOW, "staff")
    assert (order.stage, dict(order.unshipped)) == (OrderStage.PAID, {A: 1, B: 1})
    with pytest.raises(Invalid, match="Only 1"):
        order.ship(parcel(A=2), "staff")
    order.ship(parcel(A=1, B=1), "staff")
    assert order.stage is OrderStage.SHIPPED


def test_the_order_is_shipped_when_its_rest_is_cancelled() -> None:
    order = paid_order()
    order.ship(parcel(A=2), "staff")
    order.cancel_units({B: 1}, NOW, "staff")
    assert order.stage is OrderStage.SHIPPED
    order.deliver(None, NOW, "carrier")
    assert [order.stage] == [OrderStage.DELIVERED]


def test_the_order_is_delivered_when_its_rest_is_cancelled_after_the_delivery() -> None:
    order = paid_order()
    order.ship(parcel(A=2), "staff")
    order.deliver(None, NOW, "carrier")
    assert order.stage is OrderStage.PARTLY_SHIPPED
    order.cancel_units({B: 1}, NOW + timedelta(days=1), "staff")
    # The period for a return begins now: until now, none could be requested.
    assert [(order.stage, order.delivered_at)] == [(OrderStage.DELIVERED, NOW + timedelta(days=1))]


def test_the_order_is_cancelled_with_its_last_units() -> None:
    order = paid_order()
    order.cancel_units({A: 2}, NOW, "staff")
    order.cancel_units({B: 1}, NOW, "staff")
    assert order.stage is OrderStage.CANCELLED
    with pytest.raises(IllegalTransition):
        order.cancel_units({B: 1}, NOW, "staff")


def test_every_state_has_an_exit_unless_it_is_an_end() -> None:
    ends: dict[str, set[Any]] = {
        "order": {OrderState.COMPLETED},
        "payment": set(),
        "refund": {RefundState.REPLACED, RefundState.REVERSED},
        "return": {
            ReturnState.REFUNDED,
            ReturnState.EXCHANGED,
            ReturnState.REJECTED,
            ReturnState.WITHDRAWN,
        },
    }
    for name, _, moves, _, states in MACHINES:
        assert set(states) - {state for state, _ in moves} == ends[name], name


def test_a_shipped_order_cannot_be_cancelled() -> None:
    order = paid_order()
    order.ship(parcel(A=1), "staff")
    with pytest.raises(IllegalTransition):
        order.cancel(NOW, "customer")


@pytest.mark.parametrize("state", [OrderState.PLACED, OrderState.CANCELLED, OrderState.COMPLETED])
def test_only_a_paid_order_can_be_shipped(state: OrderState) -> None:
    order = paid_order()
    order.state = state
    with pytest.raises(IllegalTransition):
        order.ship(parcel(A=1), "staff")


def delivered_order(**changes: Any) -> Order:
    order = paid_order()
    order.ship(parcel(A=2, B=1), "staff")
    order.deliver(None, datetime(2026, 11, 1, 15, 30, tzinfo=UTC), "carrier")
    for name, value in changes.items():
        setattr(order, name, value)
    return order


def details(reason: ReturnReason = ReturnReason.NO_REASON) -> ReturnInput:
    return ReturnInput(quantities={A: 1}, reason=reason, remedy=Remedy.REFUND)


@pytest.mark.parametrize(
    ("reason", "at", "code"),
    [
        # Delivered on 1 November at 23:30 in China: the last of seven days is the 8th.
        (ReturnReason.NO_REASON, datetime(2026, 11, 8, 15, 59, tzinfo=UTC), ""),
        (ReturnReason.NO_REASON, datetime(2026, 11, 8, 16, 0, tzinfo=UTC), "too_late"),
        (ReturnReason.DAMAGED, datetime(2026, 11, 16, 15, 59, tzinfo=UTC), ""),
        (ReturnReason.DAMAGED, datetime(2026, 11, 16, 16, 0, tzinfo=UTC), "too_late"),
    ],
)
def test_a_return_is_possible_for_7_days_without_a_reason_and_15_days_with_one(
    reason: ReturnReason, at: datetime, code: str
) -> None:
    if not code:
        check_policy(delivered_order(), details(reason), at)
        return
    with pytest.raises(ReturnRefused) as refused:
        check_policy(delivered_order(), details(reason), at)
    assert refused.value.reason == code


def test_undelivered_goods_cannot_be_returned() -> None:
    with pytest.raises(ReturnRefused) as refused:
        check_policy(paid_order(), details(), NOW)
    assert refused.value.reason == "not_delivered"


def test_excepted_goods_can_be_returned_only_if_damaged() -> None:
    order = delivered_order()
    object.__setattr__(order.lines[0], "return_exception", "custom_made")
    at = datetime(2026, 11, 2, tzinfo=UTC)
    with pytest.raises(ReturnRefused) as refused:
        check_policy(order, details(), at)
    assert refused.value.reason == "excepted"
    check_policy(order, details(ReturnReason.DAMAGED), at)


def test_the_inspection_accepts_at_most_the_returned_units() -> None:
    returned = a_return()
    returned.state = ReturnState.RECEIVED
    with pytest.raises(Invalid):
        returned.inspect({A: 2}, NOW, restock=True)
    returned.inspect({A: 0}, NOW, restock=True)
    assert not returned.restocked
    with pytest.raises(IllegalTransition):
        returned.refund(NOW)
