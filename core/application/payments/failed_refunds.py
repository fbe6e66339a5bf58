"""Staff act on a refund: retry or replace one that failed, and record one that came back."""

from dataclasses import dataclass

from core.application.payments.gateways import Gateways
from core.application.payments.locks import LockedRefund, lock_refund
from core.application.payments.outcomes import RecordPaymentOutcome
from core.application.payments.references import refund_request
from core.application.payments.refund_outcomes import (
    reopen_refund,
    replace_refund,
    reverse_refund,
)
from core.application.retries import retrying
from core.domain.errors import IllegalTransition, NotFound
from core.domain.identifiers import BaseUrl, OrderId
from core.domain.payments.refund import NEEDS_ACTION
from ports.clock import Clock
from ports.errors import Rejected
from ports.payments.refunds import GatewayRefundStatus
from ports.unit_of_work import UnitOfWork, UnitsOfWork

UNDER_WAY = frozenset({GatewayRefundStatus.PENDING, GatewayRefundStatus.SUCCEEDED})


async def _locked(unit: UnitOfWork, order_id: OrderId, reference: str) -> LockedRefund:
    """Raises `NotFound`, also for a refund of another order."""
    locked = await lock_refund(unit, reference)
    if locked is None or locked.order.id != order_id:
        raise NotFound("refund", reference)
    return locked


@dataclass(frozen=True, slots=True)
class RetryRefund:
    """Send a blocked or failed refund again, under the same reference. A worker sends it.

    Raises:
        NotFound: the order has no such refund.
        IllegalTransition: it is neither blocked nor failed.
    """

    units: UnitsOfWork
    now: Clock

    async def __call__(self, order_id: OrderId, reference: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                locked = await _locked(unit, order_id, reference)
                now = self.now()
                reopen_refund(locked, now)
                locked.refund.retry(now)
                await unit.refunds.save(locked.refund)
                await unit.payments.save(locked.payment)
                await unit.commit()

        await retrying(once)


@dataclass(frozen=True, slots=True)
class ReplaceRefund:
    """Record that staff returned the money in another way, such as a bank transfer.

    The gateway is asked first. If it has made the refund meanwhile, or is making it, this is
    recorded instead.

    Raises:
        NotFound: the order has no such refund.
        IllegalTransition: it is neither blocked nor failed, or the gateway makes it.
        Unavailable, OutcomeUnknown: the gateway did not answer; try again.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    base_url: BaseUrl
    now: Clock

    async def __call__(self, order_id: OrderId, reference: str) -> None:
        await self._ask_gateway(order_id, reference)

        async def once() -> None:
            async with self.units() as unit:
                locked = await _locked(unit, order_id, reference)
                await replace_refund(unit, locked, self.now())
                await unit.refunds.save(locked.refund)
                await unit.payments.save(locked.payment)
                await unit.commit()

        await retrying(once)

    async def _ask_gateway(self, order_id: OrderId, reference: str) -> None:
        async with self.units() as unit:
            locked = await _locked(unit, order_id, reference)
        refund = locked.refund
        if refund.state not in NEEDS_ACTION:
            raise IllegalTransition("refund", refund.state, "replace")
        gateway = self.gateways.refunding(refund.gateway)
        if gateway is None or not refund.tries:
            return
        try:
            reported = await gateway.query_refund(
                refund_request(refund, locked.payment, self.base_url)
            )
        except Rejected:
            return  # Without valid settings the gateway cannot be asked: the person decides.
        if reported.status in UNDER_WAY:
            await self.record_outcome.refund(reported, refund.gateway)
            raise IllegalTransition("refund", reported.status, "replace")


@dataclass(frozen=True, slots=True)
class ReverseRefund:
    """Record that the money of a refund came back to the shop. It can be refunded again.

    Raises:
        NotFound: the order has no such refund.
        IllegalTransition: it did not succeed, or came back before.
    """

    units: UnitsOfWork
    now: Clock

    async def __call__(self, order_id: OrderId, reference: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                locked = await _locked(unit, order_id, reference)
                await reverse_refund(unit, locked, self.now())
                await unit.refunds.save(locked.refund)
                await unit.payments.save(locked.payment)
                await unit.commit()

        await retrying(once)
