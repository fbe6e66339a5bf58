"""Every machine moves as its table says, and refuses everything else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.domain import fulfillment, returns
from core.domain.errors import IllegalTransition, Invalid, ReturnRefused
from core.domain.fulfillment import FulfillmentState, Shipment
from core.domain.identifiers import OrderId, PaymentId, RefundId, ReturnId, ShipmentId, Sku
from core.domain.orders import states as order_states
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage, OrderState, stage_of
from core.domain.payments import payment, refund
from core.domain.payments.payment import Payment, PaymentState
from core.domain.payments.refund import Refund, RefundReason, RefundState
from core.domain.returns import (
    Remedy,
    Return,
    ReturnInput,
    ReturnReason,
    ReturnState,
    check_policy,
)
from tests.factories import NOW, an_order, yuan

A, B = Sku("A"), Sku("B")


def parcel(**quantities: int) -> Shipment:
    return Shipment(
        id=ShipmentId(uuid4()),
        carrier="sf",
        tracking_number="SF1234567890",
        quantities={Sku(sku): units for sku, units in quantities.items()},
        shipped_at=NOW,
    )


def a_payment() -> Payment:
    return Payment(
        id=PaymentId(uuid4()),
        order_id=OrderId(uuid4()),
        gateway="bank",
        account="us",
        reference="R1",
        amount=yuan(10),
        created_at=NOW,
        expires_at=NOW,
    )


def a_refund() -> Refund:
    return Refund(
        id=RefundId(uuid4()),
        payment_id=PaymentId(uuid4()),
        order_id=OrderId(uuid4()),
        gateway="bank",
        reference="F1",
        amount=yuan(1),
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
    "ask": lambda each: each.ask(NOW),
    "pay": lambda each: each.mark_paid("P1", NOW),
    "close": lambda each: each.close(NOW),
    "authorize": lambda each: each.authorize("P1", NOW),
    "capture": lambda each: each.capture(NOW),
    "keep": lambda each: each.keep(NOW),
    "release": lambda each: each.release(NOW),
    "void": lambda each: each.void(NOW),
    "refund_part": lambda each: each.refund_succeeded("F1", yuan(1), yuan(0), NOW),
    "refund_rest": lambda each: each.refund_succeeded("F1", yuan(10), yuan(0), NOW),
}
REPEATED = {
    "pay": payment.CAPTURED,
    "authorize": payment.CAPTURED | payment.UNCAPTURED | {PaymentState.VOIDED},
}
"""What a gateway may say again, or late, without anything happening."""

REFUND_ACTS: dict[str, Act] = {
    "ask": lambda each: each.ask(NOW),
    "succeed": lambda each: each.succeed("G1", NOW),
    "fail": lambda each: each.fail("no", NOW),
}
RETURN_ACTS: dict[str, Act] = {
    "approve": lambda each: each.approve(NOW),
    "reject": lambda each: each.reject("no", NOW),
    "withdraw": lambda each: each.withdraw(NOW),
    "receive": lambda each: each.receive("SF1234567890", NOW),
    "inspect": lambda each: each.inspect({A: 1}, NOW, restock=True),
    "refund": lambda each: each.refund(NOW),
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
    thing = make()
    thing.state = state
    if (state, move) in moves:
        act(thing)
        assert thing.state is moves[state, move]
    elif isinstance(thing, Payment) and state in REPEATED.get(move, frozenset()):
        act(thing)
        assert thing.state is state
    else:
        with pytest.raises(IllegalTransition):
            act(thing)
        assert thing.state is state


def test_every_acted_move_is_in_a_table_and_the_other_way_round() -> None:
    for name, _, moves, acts, _ in MACHINES:
        own = {move for _, move in moves} - ({"complete"} if name == "order" else set())
        assert own == set(acts), name


@pytest.mark.parametrize("state", list(FulfillmentState))
@pytest.mark.parametrize("move", ["ship_part", "ship_rest", "deliver_part", "deliver_rest"])
def test_sending_moves_as_its_table_says(state: FulfillmentState, move: str) -> None:
    sent = paid_order()
    sent.fulfillment = state
    if (state, move) in fulfillment.MOVES:
        sent._send(move, NOW, "x")
        assert sent.fulfillment is fulfillment.MOVES[state, move]
    else:
        with pytest.raises(IllegalTransition):
            sent._send(move, NOW, "x")


def test_every_pair_of_states_that_can_be_has_a_stage() -> None:
    assert stage_of(OrderState.PAID, FulfillmentState.PARTLY_SHIPPED) is OrderStage.PARTLY_SHIPPED
    for state in (OrderState.PLACED, OrderState.CANCELLED):
        assert stage_of(state, FulfillmentState.UNFULFILLED)


def paid_order() -> Order:
    bought = an_order(A=2, B=1)
    bought.pay(NOW)
    return bought


def test_an_order_is_sent_in_parts_and_completed_by_the_last_arrival() -> None:
    sent = paid_order()
    sent.ship(parcel(A=1), "staff")
    assert [sent.stage] == [OrderStage.PARTLY_SHIPPED]
    assert dict(sent.unshipped) == {A: 1, B: 1}
    sent.deliver(sent.shipments[0].id, NOW, "carrier")
    assert [sent.stage] == [OrderStage.PARTLY_SHIPPED]
    sent.ship(parcel(A=1, B=1), "staff")
    assert [sent.stage] == [OrderStage.SHIPPED]
    assert sent.delivered_at is None
    sent.deliver(None, NOW + timedelta(days=1), "carrier")
    assert [sent.stage] == [OrderStage.DELIVERED]
    assert sent.delivered_at == NOW + timedelta(days=1)
    moves = [each.move for each in sent.history]
    assert moves == [
        *("place", "pay", "ship_part", "deliver_part", "ship_rest", "deliver_rest", "complete"),
    ]


def test_more_than_was_bought_cannot_be_sent() -> None:
    sent = paid_order()
    with pytest.raises(Invalid, match="Only 2"):
        sent.ship(parcel(A=3), "staff")
    sent.ship(parcel(A=2), "staff")
    with pytest.raises(Invalid, match="Only 0"):
        sent.ship(parcel(A=1), "staff")


def test_an_order_that_is_on_its_way_cannot_be_called_off() -> None:
    sent = paid_order()
    sent.ship(parcel(A=1), "staff")
    with pytest.raises(IllegalTransition):
        sent.cancel(NOW, "customer")


@pytest.mark.parametrize("state", [OrderState.PLACED, OrderState.CANCELLED, OrderState.COMPLETED])
def test_only_a_paid_order_is_sent(state: OrderState) -> None:
    sent = paid_order()
    sent.state = state
    with pytest.raises(IllegalTransition):
        sent.ship(parcel(A=1), "staff")


def delivered_order(**changes: Any) -> Order:
    sent = paid_order()
    sent.ship(parcel(A=2, B=1), "staff")
    sent.deliver(None, datetime(2026, 11, 1, 15, 30, tzinfo=UTC), "carrier")
    for name, value in changes.items():
        setattr(sent, name, value)
    return sent


def details(reason: ReturnReason = ReturnReason.NO_REASON) -> ReturnInput:
    return ReturnInput(quantities={A: 1}, reason=reason, remedy=Remedy.REFUND)


@pytest.mark.parametrize(
    ("reason", "at", "refused"),
    [
        # Delivered on 1 November at 23:30 in China: the last of seven days is the 8th.
        (ReturnReason.NO_REASON, datetime(2026, 11, 8, 15, 59, tzinfo=UTC), ""),
        (ReturnReason.NO_REASON, datetime(2026, 11, 8, 16, 0, tzinfo=UTC), "too_late"),
        (ReturnReason.DAMAGED, datetime(2026, 11, 16, 15, 59, tzinfo=UTC), ""),
        (ReturnReason.DAMAGED, datetime(2026, 11, 16, 16, 0, tzinfo=UTC), "too_late"),
    ],
)
def test_seven_days_without_a_reason_and_fifteen_with_one(
    reason: ReturnReason, at: datetime, refused: str
) -> None:
    if not refused:
        check_policy(delivered_order(), details(reason), at)
        return
    with pytest.raises(ReturnRefused) as told:
        check_policy(delivered_order(), details(reason), at)
    assert told.value.reason == refused


def test_goods_that_have_not_arrived_cannot_be_sent_back() -> None:
    with pytest.raises(ReturnRefused) as told:
        check_policy(paid_order(), details(), NOW)
    assert told.value.reason == "not_delivered"


def test_an_exception_holds_without_a_reason_and_not_against_damage() -> None:
    sent = delivered_order()
    object.__setattr__(sent.lines[0], "return_exception", "custom_made")
    at = datetime(2026, 11, 2, tzinfo=UTC)
    with pytest.raises(ReturnRefused) as told:
        check_policy(sent, details(), at)
    assert told.value.reason == "excepted"
    check_policy(sent, details(ReturnReason.DAMAGED), at)


def test_no_more_is_accepted_than_was_sent_back() -> None:
    goods_back = a_return()
    goods_back.state = ReturnState.RECEIVED
    with pytest.raises(Invalid):
        goods_back.inspect({A: 2}, NOW, restock=True)
    goods_back.inspect({A: 0}, NOW, restock=True)
    assert not goods_back.restocked
    with pytest.raises(IllegalTransition):
        goods_back.refund(NOW)
