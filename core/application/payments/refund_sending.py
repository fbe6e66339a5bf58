"""Sends refunds to the gateways."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.application.leases import LEASE, work_through
from core.application.payments.answers import RecordAnswer
from core.application.payments.gateways import Gateways
from core.application.payments.locks import LockedRefund, lock_refund
from core.application.payments.references import refund_request
from core.application.payments.refund_outcomes import fail_refund
from core.application.retries import retried, retrying
from core.domain.errors import DomainError, IllegalTransition, NotFound, PaymentMismatch
from core.domain.identifiers import BaseUrl
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund, RefundState
from ports.clock import Clock
from ports.errors import FundsMissing, Misconfigured, PortError, Rejected
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest
from ports.payments.refunds import Refunds as RefundingGateway
from ports.unit_of_work import UnitsOfWork

BATCH_SIZE = 50

BLOCKING = (Misconfigured, FundsMissing, IllegalTransition, NotFound, PaymentMismatch)
"""Errors that end only when a person acts: wrong settings, no balance, an answer that differs."""

Change = Callable[[LockedRefund], None]


@dataclass(frozen=True, slots=True)
class SendRefunds:
    """Send the refunds that are due, and query those already sent. Returns the number of refunds.

    Safe for any number of concurrent workers. Every try uses the same reference, so the gateway
    makes one refund of them. A refund that a person must help with is blocked: it is tried
    again, and the back office shows it.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_answer: RecordAnswer
    now: Clock
    base_url: BaseUrl

    async def __call__(self, limit: int = BATCH_SIZE) -> int:
        return await work_through(self._claim, lambda refund: self.send(refund.reference), limit)

    @retried
    async def _claim(self, limit: int) -> Sequence[Refund]:
        now = self.now()
        async with self.units() as unit:
            due = await unit.refunds.claim_due(now, limit, now + LEASE)
            await unit.commit()
        return due

    async def send(self, reference: str) -> None:
        due = await retrying(lambda: self._submit(reference))
        if due is None:
            return
        if due.refund.gateway not in self.gateways.by_code:
            failure = f"the gateway “{due.refund.gateway}” is not in the settings"
            await self._change(reference, self._block(failure))
            return
        gateway = self.gateways.refunding(due.refund.gateway)
        if gateway is None:
            await self._change(reference, self._fail("this gateway gives no refunds"))
            return
        try:
            reported = await _send(gateway, due)
            await self.record_answer.refund(due.payment, reference, reported)
        except BLOCKING as error:
            # Not final: once a person has acted, the same request can succeed.
            await self._change(reference, self._block(str(error) or error.code))
        except Rejected as refusal:
            await self._change(reference, self._fail(refusal.reason))
        except (PortError, DomainError):
            return

    async def _submit(self, reference: str) -> "DueRefund | None":
        async with self.units() as unit:
            locked = await lock_refund(unit, reference)
            if locked is None or not locked.refund.is_open:
                return None
            refund, payment = locked.refund, locked.payment
            request = refund_request(refund, payment, self.base_url)
            due = DueRefund(refund, payment, request, refund.state, refund.tries)
            refund.submit(self.now())
            await unit.refunds.save(refund)
            await unit.commit()
        return due

    def _block(self, failure: str) -> Change:
        return lambda locked: locked.refund.block(failure, self.now())

    def _fail(self, failure: str) -> Change:
        return lambda locked: fail_refund(locked, failure, self.now())

    async def _change(self, reference: str, change: Change) -> None:
        """Change a refund that is still open."""

        async def once() -> None:
            async with self.units() as unit:
                locked = await lock_refund(unit, reference)
                if locked is None or not locked.refund.is_open:
                    return
                change(locked)
                await unit.refunds.save(locked.refund)
                await unit.payments.save(locked.payment)
                await unit.commit()

        await retrying(once)


@dataclass(frozen=True, slots=True)
class DueRefund:
    """A refund to send; ``state`` and ``tries`` are those before this try."""

    refund: Refund
    payment: Payment
    request: RefundRequest
    state: RefundState
    tries: int


async def _send(gateway: RefundingGateway, due: DueRefund) -> GatewayRefund:
    """Send a refund. After the first try, only if the gateway does not know it.

    A refund that staff retry is also sent if the gateway knows it as failed.
    """
    if due.tries:
        reported = await gateway.query_refund(due.request)
        retried = due.state is RefundState.REQUESTED
        if reported.status is not GatewayRefundStatus.NOT_FOUND and not (
            retried and reported.status is GatewayRefundStatus.FAILED
        ):
            return reported
    return await gateway.refund(due.request)
