"""Records the outcome of a refund: in the refund, in the ledger of its payment, and its return.

The caller holds the locks, and saves refund and payment.
"""

from datetime import datetime

from core.application.payments.locks import LockedRefund
from core.application.payments.reports import storable
from core.domain.errors import IllegalTransition, PaymentMismatch
from core.domain.money import Money
from core.domain.payments.ledger import balances
from core.domain.payments.payment import Payment
from core.domain.payments.refund import RefundState
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus
from ports.unit_of_work import UnitOfWork

RETURNED = frozenset({RefundState.SUCCEEDED, RefundState.REVERSED})
ENDED_OTHERWISE = RETURNED | {RefundState.FAILED, RefundState.REPLACED}
NOT_RETURNED = frozenset({RefundState.FAILED, RefundState.REPLACED, RefundState.REVERSED})
"""A report of a failure says nothing new."""


def check_refund(locked: LockedRefund, reported: GatewayRefund) -> None:
    """Compare a report with the refund.

    Raises:
        PaymentMismatch: another account, payment or amount.
        IllegalTransition: it succeeded before it was sent.
    """
    refund, payment = locked.refund, locked.payment
    if reported.account != payment.account:
        raise PaymentMismatch(refund.reference, "another account")
    if reported.payment_reference not in {"", payment.reference}:
        raise PaymentMismatch(refund.reference, "another payment")
    if reported.amount is not None and reported.amount != refund.amount:
        raise PaymentMismatch(refund.reference, "another amount")
    if reported.status is GatewayRefundStatus.SUCCEEDED and refund.tries == 0:
        raise IllegalTransition("refund", refund.state, "succeed")


async def record_refund(
    unit: UnitOfWork, locked: LockedRefund, reported: GatewayRefund, now: datetime
) -> bool:
    """Apply a report. Idempotent; returns whether it changed anything.

    Raises:
        IllegalTransition: the report contradicts an end that the money cannot be brought to.
    """
    state = locked.refund.state
    match reported.status:
        case GatewayRefundStatus.SUCCEEDED if state not in RETURNED:
            await succeed_refund(unit, locked, reported, now)
        case GatewayRefundStatus.FAILED if state not in NOT_RETURNED:
            fail_refund(locked, reported.failure or "failed", now)
        case GatewayRefundStatus.ABNORMAL if state not in ENDED_OTHERWISE:
            locked.refund.block(storable(reported.failure or "abnormal"), now)
        case GatewayRefundStatus.PENDING if state in {RefundState.BLOCKED, RefundState.FAILED}:
            reopen_refund(locked, now)
            locked.refund.resume(now)
        case _:
            return False
    return True


async def succeed_refund(
    unit: UnitOfWork, locked: LockedRefund, reported: GatewayRefund, now: datetime
) -> None:
    """Also after a failure: the amount of a failed refund stays reserved."""
    refund, payment = locked.refund, locked.payment
    at = reported.at or now
    reopen_refund(locked, now)
    refund.succeed(reported.provider_reference, at)
    payment.refund_succeeded(refund, await _refunded(unit, payment), at)
    await _complete_return(unit, locked, now)


async def replace_refund(unit: UnitOfWork, locked: LockedRefund, now: datetime) -> None:
    refund, payment = locked.refund, locked.payment
    reopen_refund(locked, now)
    refund.replace(now)
    payment.refund_replaced(refund, await _refunded(unit, payment), now)
    await _complete_return(unit, locked, now)


async def reverse_refund(unit: UnitOfWork, locked: LockedRefund, now: datetime) -> None:
    """Its amount can be refunded again; its units stay refunded, because the buyer lost them."""
    refund, payment = locked.refund, locked.payment
    refund.reverse(now)
    payment.refund_reversed(refund, await _refunded(unit, payment), now)
    await unit.refunds.release_amount(payment.id, refund.amount)


def fail_refund(locked: LockedRefund, failure: str, now: datetime) -> None:
    """Its amount and units stay reserved, so that they are not refunded a second time."""
    locked.refund.fail(storable(failure), now)
    locked.payment.refund_failed(locked.refund, now)


def reopen_refund(locked: LockedRefund, now: datetime) -> None:
    """Enter in the ledger that a failed refund leaves its failure; others need no entry."""
    if locked.refund.state is RefundState.FAILED:
        locked.payment.refund_reopened(locked.refund, now)


async def _refunded(unit: UnitOfWork, payment: Payment) -> Money:
    return balances(await unit.payments.entries(payment.id), payment.amount.currency).refunded


async def _complete_return(unit: UnitOfWork, locked: LockedRefund, now: datetime) -> None:
    if locked.goods_back is not None:
        locked.goods_back.complete_refund(now)
        await unit.returns.save(locked.goods_back)
