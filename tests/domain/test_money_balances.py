"""The balances of an order are those of its events, in whatever order the events arrive."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.identifiers import OrderId, PaymentId, PurchaseId, RefundId
from core.domain.money import Money
from core.domain.payments.balances import (
    Action,
    Cover,
    MoneyBalances,
    MoneyEvent,
    Step,
    order_balances,
    payment_events,
)
from core.domain.payments.ledger import balances
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund, RefundReason
from core.domain.payments.shares import Share
from tests.factories import NOW

AUTHORIZE, CHARGE, REFUND, CANCEL = Action
REQUESTED, SUCCEEDED, FAILED, ADJUSTED, REVERSED, REINSTATED = Step

ORDER = OrderId(uuid4())
Short = tuple[Action, Step, str, int]


def cents(minor: int) -> Money:
    return Money(minor, "EUR")


def events_of(*short: Short) -> list[MoneyEvent]:
    return [
        MoneyEvent(
            action=action, step=step, key=key, amount=cents(minor), at=NOW + timedelta(minutes=at)
        )
        for at, (action, step, key, minor) in enumerate(short)
    ]


def amounts(sums: MoneyBalances) -> dict[str, int]:
    """The balances that are not zero, in minor units."""
    return {
        name: amount.minor
        for name in MoneyBalances.__dataclass_fields__
        if (amount := getattr(sums, name)).minor
    }


def balances_of(*short: Short) -> dict[str, int]:
    return amounts(order_balances([events_of(*short)], "EUR"))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(AUTHORIZE, SUCCEEDED, "1", 11)], {"authorized": 11}),
        ([(AUTHORIZE, REQUESTED, "1", 11)], {"authorize_pending": 11}),
        ([(AUTHORIZE, FAILED, "1", 11)], {}),
        ([(AUTHORIZE, REQUESTED, "1", 11), (AUTHORIZE, SUCCEEDED, "1", 11)], {"authorized": 11}),
        ([(AUTHORIZE, SUCCEEDED, "1", 11), (AUTHORIZE, FAILED, "1", 11)], {}),
        ([(AUTHORIZE, FAILED, "1", 11), (AUTHORIZE, SUCCEEDED, "1", 11)], {"authorized": 11}),
        (
            [(AUTHORIZE, REQUESTED, "1", 11), (AUTHORIZE, SUCCEEDED, "2", 12)],
            {"authorize_pending": 11, "authorized": 12},
        ),
        (
            [
                (AUTHORIZE, SUCCEEDED, "1", 11),
                (AUTHORIZE, REQUESTED, "2", 11),
                (AUTHORIZE, ADJUSTED, "4", 11),
                (AUTHORIZE, ADJUSTED, "3", 100),
            ],
            {"authorized": 100},
        ),
        ([(CHARGE, SUCCEEDED, "1", 11)], {"charged": 11}),
        ([(CHARGE, REQUESTED, "1", 11)], {"charge_pending": 11}),
        (
            [(CHARGE, REQUESTED, "1", 11), (CHARGE, SUCCEEDED, "2", 12)],
            {"charge_pending": 11, "charged": 12},
        ),
        (
            [
                (CHARGE, SUCCEEDED, "1", 11),
                (CHARGE, SUCCEEDED, "2", 12),
                (CHARGE, REVERSED, "3", 10),
            ],
            {"charged": 13},
        ),
    ],
)
def test_balances_are_those_of_saleor(events: list[Short], expected: dict[str, int]) -> None:
    """Saleor: `test_transaction_item_calculations.py`."""
    assert balances_of(*events) == expected


def test_money_moves_from_one_balance_to_the_next() -> None:
    steps: list[tuple[Short, dict[str, int]]] = [
        ((AUTHORIZE, SUCCEEDED, "a", 100), {"authorized": 100}),
        ((CHARGE, REQUESTED, "c", 60), {"authorized": 40, "charge_pending": 60}),
        ((CHARGE, SUCCEEDED, "c", 60), {"authorized": 40, "charged": 60}),
        ((CANCEL, REQUESTED, "x", 40), {"charged": 60, "cancel_pending": 40}),
        ((CANCEL, SUCCEEDED, "x", 40), {"charged": 60, "cancelled": 40}),
        (
            (REFUND, REQUESTED, "r", 25),
            {"charged": 35, "refund_pending": 25, "cancelled": 40},
        ),
        ((REFUND, FAILED, "r", 25), {"charged": 60, "cancelled": 40}),
        ((REFUND, REQUESTED, "r", 25), {"charged": 35, "refund_pending": 25, "cancelled": 40}),
        ((REFUND, SUCCEEDED, "r", 25), {"charged": 35, "refunded": 25, "cancelled": 40}),
        ((REFUND, REVERSED, "r", 25), {"charged": 60, "cancelled": 40}),
        ((CHARGE, REVERSED, "c", 60), {"cancelled": 40}),
        ((CHARGE, REINSTATED, "c", 60), {"charged": 60, "cancelled": 40}),
    ]
    for count in range(1, len(steps) + 1):
        assert balances_of(*(event for event, _ in steps[:count])) == steps[count - 1][1]


@given(st.permutations(range(4)))
def test_the_order_of_arrival_does_not_matter(order: list[int]) -> None:
    events = events_of(
        (AUTHORIZE, SUCCEEDED, "a", 100),
        (CHARGE, FAILED, "c", 100),
        (CHARGE, SUCCEEDED, "c", 100),
        (REFUND, SUCCEEDED, "r", 30),
    )
    sums = order_balances([[events[number] for number in order]], "EUR")
    assert amounts(sums) == {"charged": 70, "refunded": 30}


def test_a_payment_that_was_never_authorized_does_not_use_the_authorization_of_another() -> None:
    payments = [
        events_of((CHARGE, SUCCEEDED, "1", 40)),
        events_of((AUTHORIZE, SUCCEEDED, "2", 60)),
    ]
    assert amounts(order_balances(payments, "EUR")) == {"authorized": 60, "charged": 40}


@pytest.mark.parametrize(
    ("charged", "reimbursed", "status", "outstanding"),
    [
        (0, 0, Cover.NONE, 100),
        (40, 0, Cover.PARTIAL, 60),
        (100, 0, Cover.FULL, 0),
        (130, 0, Cover.OVERCHARGED, -30),
        (100, 30, Cover.OVERCHARGED, -30),
        (70, 30, Cover.FULL, 0),
        (0, 100, Cover.FULL, 0),
    ],
)
def test_what_is_outstanding_is_the_total_less_reimbursed_and_paid(
    charged: int, reimbursed: int, status: Cover, outstanding: int
) -> None:
    """Solidus: `Order#outstanding_balance`; Saleor: `OrderChargeStatusEnum`."""
    sums = order_balances([events_of((CHARGE, SUCCEEDED, "1", charged))], "EUR")
    assert sums.charge_status(cents(100), cents(reimbursed)) is status
    assert sums.outstanding(cents(100), cents(reimbursed)) == cents(outstanding)


def test_authorized_money_covers_an_order_that_is_not_charged() -> None:
    events = events_of((AUTHORIZE, SUCCEEDED, "1", 100), (CHARGE, SUCCEEDED, "1", 40))
    sums = order_balances([events], "EUR")
    assert sums.authorize_status(cents(100), cents(0)) is Cover.FULL
    assert sums.charge_status(cents(100), cents(0)) is Cover.PARTIAL


def a_payment() -> Payment:
    return Payment(
        id=PaymentId(uuid4()),
        purchase_id=PurchaseId(ORDER),
        shares=(Share(order_id=ORDER, amount=cents(100)),),
        gateway="bank",
        account="us",
        reference="R1",
        amount=cents(100),
        created_at=NOW,
        expires_at=NOW,
    )


def a_refund(payment: Payment, reference: str) -> Refund:
    return Refund(
        id=RefundId(uuid4()),
        payment_id=payment.id,
        order_id=ORDER,
        paid_order_id=ORDER,
        gateway=payment.gateway,
        reference=reference,
        amount=cents(10),
        reason=RefundReason.GOODWILL,
        requested_at=NOW,
        actor="staff",
    )


def of_payment(payment: Payment) -> dict[str, int]:
    return amounts(order_balances([payment_events(payment, payment.entries, ORDER)], "EUR"))


def test_a_payment_moves_through_the_balances() -> None:
    payment = a_payment()
    assert of_payment(payment) == {}
    payment.submit(NOW)
    assert of_payment(payment) == {"charge_pending": 100}
    payment.authorize("P1", NOW)
    assert of_payment(payment) == {"authorized": 100}
    payment.capture(NOW)
    assert of_payment(payment) == {"charge_pending": 100}
    payment.mark_paid("P1", NOW)
    assert of_payment(payment) == {"charged": 100}


def test_a_voided_payment_is_cancelled() -> None:
    payment = a_payment()
    payment.authorize("P1", NOW)
    payment.request_void(NOW)
    assert of_payment(payment) == {"cancel_pending": 100}
    payment.void(NOW)
    assert of_payment(payment) == {"cancelled": 100}


@given(st.lists(st.sampled_from(["succeed", "replace", "fail", "reopen", "reverse"]), max_size=8))
def test_the_balances_of_a_payment_agree_with_its_ledger(moves: list[str]) -> None:
    payment = a_payment()
    payment.mark_paid("P1", NOW)
    for number, move in enumerate(moves):
        refund = a_refund(payment, f"F{number}")
        payment.refund_requested(refund, NOW)
        if move in {"fail", "reopen"}:
            payment.refund_failed(refund, NOW)
        if move == "reopen":
            payment.refund_reopened(refund, NOW)
        refunded = balances(payment.entries, "EUR").refunded
        if move in {"succeed", "reverse"}:
            payment.refund_succeeded(refund, refunded, NOW)
        if move == "replace":
            payment.refund_replaced(refund, refunded, NOW)
        if move == "reverse":
            payment.refund_reversed(refund, refunded + refund.amount, NOW)
    ledger = balances(payment.entries, "EUR")
    sums = order_balances([payment_events(payment, payment.entries, ORDER)], "EUR")
    assert (sums.refunded, sums.refund_pending) == (ledger.refunded, ledger.pending)
    assert sums.charged == ledger.captured - ledger.refunded - ledger.pending


def test_a_success_before_its_request_counts() -> None:
    """Gateways round their times down to seconds."""
    payment = a_payment()
    payment.mark_paid("P1", NOW)
    refund = a_refund(payment, "F1")
    payment.refund_requested(refund, NOW + timedelta(milliseconds=500))
    payment.refund_succeeded(refund, cents(0), NOW)
    assert of_payment(payment) == {"charged": 90, "refunded": 10}
