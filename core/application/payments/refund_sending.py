"""Sends refunds to the gateways."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import RecordPaymentOutcome, fail_refund
from core.application.payments.references import reference_of
from core.application.retries import retrying
from core.domain.errors import DomainError
from core.domain.identifiers import BaseUrl
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund, RefundState
from ports.clock import Clock
from ports.errors import PortError, Rejected
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest
from ports.payments.refunds import Refunds as RefundingGateway
from ports.unit_of_work import UnitsOfWork

BATCH_SIZE = 50

LEASE = timedelta(minutes=2)
"""Lease: other workers skip a claimed refund for this long."""


@dataclass(frozen=True, slots=True)
class SendRefunds:
    """Send the refunds that are due, and query those already sent. Returns the number of refunds.

    Safe for any number of concurrent workers. Every try uses the same reference, so the gateway
    makes one refund of them.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    now: Clock
    base_url: BaseUrl

    async def __call__(self, limit: int = BATCH_SIZE) -> int:
        now = self.now()
        async with self.units() as unit:
            due = await unit.refunds.claim_due(now, limit, now + LEASE)
            await unit.commit()
        for refund in due:
            await self.send(refund.reference)
        return len(due)

    async def send(self, reference: str) -> None:
        due = await retrying(lambda: self._mark_pending(reference))
        if due is None:
            return
        refund, payment, repeated = due
        if refund.gateway not in self.gateways.by_code:
            return
        gateway = self.gateways.refunding(refund.gateway)
        if gateway is None:
            await self._fail(reference, "this gateway gives no refunds")
            return
        try:
            reported = await _send(gateway, self._request(refund, payment), repeated=repeated)
            await self.record_outcome.refund(reported, refund.gateway)
        except Rejected as refusal:
            await self._fail(reference, refusal.reason)
        except (PortError, DomainError):
            return

    async def _mark_pending(self, reference: str) -> tuple[Refund, Payment, bool] | None:
        async with self.units() as unit:
            refund = await unit.refunds.find_for_update(reference)
            if refund is None or not refund.is_open:
                return None
            payment = await unit.payments.get_for_update(refund.payment_id)
            repeated = refund.state is RefundState.PENDING
            refund.submit(self.now())
            await unit.refunds.save(refund)
            await unit.commit()
        return refund, payment, repeated

    async def _fail(self, reference: str, failure: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                refund = await unit.refunds.find_for_update(reference)
                if refund is None or not refund.is_open:
                    return
                payment = await unit.payments.get_for_update(refund.payment_id)
                await fail_refund(unit, refund, payment, failure, self.now)
                await unit.refunds.save(refund)
                await unit.payments.save(payment)
                await unit.commit()

        await retrying(once)

    def _request(self, refund: Refund, payment: Payment) -> RefundRequest:
        return RefundRequest(
            payment=reference_of(payment),
            reference=refund.reference,
            amount=refund.amount,
            requested_at=refund.requested_at,
            notify_url=f"{self.base_url}/notify/{refund.gateway}",
            reason=refund.reason,
        )


async def _send(
    gateway: RefundingGateway, request: RefundRequest, *, repeated: bool
) -> GatewayRefund:
    """Send a refund. A repeated one is sent only if the gateway does not know it."""
    if repeated:
        reported = await gateway.query_refund(request)
        if reported.status is not GatewayRefundStatus.NOT_FOUND:
            return reported
    return await gateway.refund(request)
