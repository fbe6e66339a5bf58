"""Captures and voids authorized payments."""

from dataclasses import dataclass

from core.application.payments.answers import RecordAnswer
from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import CAPTURABLE
from core.application.payments.references import reference_of
from core.application.retries import retrying
from core.domain.errors import DomainError
from core.domain.identifiers import OrderId
from core.domain.payments.payment import Payment, PaymentState
from ports.clock import Clock
from ports.errors import PortError, Rejected, Unavailable
from ports.payments.gateway import GatewayStatus
from ports.unit_of_work import RepeatableUnits


@dataclass(frozen=True, slots=True)
class CapturePayments:
    """Capture all authorized payments of an order.

    The state ``capturing`` is committed before the gateway is called, so that a worker can
    resolve a capture without a response.

    Raises:
        Rejected: the gateway refuses; if the authorization has ended, the order is cancelled.
        Unavailable: nothing happened.
        OutcomeUnknown: a worker queries the outcome later.
    """

    units: RepeatableUnits
    gateways: Gateways
    record_answer: RecordAnswer
    now: Clock

    async def __call__(self, order_id: OrderId) -> None:
        async with self.units() as unit:
            payments = await unit.payments.list(order_id)
        for payment in payments:
            if payment.state in CAPTURABLE:
                await self._capture(payment)

    async def resolve(self, payment: Payment) -> None:
        """Query an authorization or a capture. Without a capture, it is authorized again."""
        reported = await self.gateways.get(payment.gateway).query(reference_of(payment))
        if reported.status is GatewayStatus.AUTHORIZED:
            await retrying(lambda: self._mark_authorized(payment))
        else:
            await self.record_answer.payment(payment, reported)

    async def _capture(self, payment: Payment) -> None:
        authorizing = self.gateways.authorizing(payment.gateway)
        if authorizing is None:
            raise Unavailable
        await retrying(lambda: self._mark_capturing(payment))
        try:
            reported = await authorizing.capture(
                reference_of(payment), payment.amount, payment.reference
            )
        except Rejected:
            await self.resolve(payment)
            raise
        await self.record_answer.payment(payment, reported)

    async def _mark_capturing(self, payment: Payment) -> None:
        async with self.units() as unit:
            locked = await unit.payments.get_for_update(payment.id)
            locked.capture(self.now())
            await unit.payments.save(locked)
            await unit.commit()

    async def _mark_authorized(self, payment: Payment) -> None:
        async with self.units() as unit:
            locked = await unit.payments.get_for_update(payment.id)
            if locked.state is PaymentState.CAPTURING:
                locked.fail_capture(self.now())
                await unit.payments.save(locked)
                await unit.commit()


@dataclass(frozen=True, slots=True)
class FollowUpAuthorization:
    """Advance an authorized payment by one step. Errors are ignored: the poll tries again."""

    gateways: Gateways
    record_answer: RecordAnswer
    capture_payments: CapturePayments

    async def __call__(self, payment: Payment) -> None:
        try:
            if payment.state is PaymentState.VOIDING:
                await self._void(payment)
            else:
                await self.capture_payments.resolve(payment)
        except (PortError, DomainError):
            return

    async def _void(self, payment: Payment) -> None:
        """Query before the void: the payment may be voided or captured already."""
        reference = reference_of(payment)
        reported = await self.gateways.get(payment.gateway).query(reference)
        authorizing = self.gateways.authorizing(payment.gateway)
        if reported.status is GatewayStatus.AUTHORIZED and authorizing is not None:
            reported = await authorizing.void(reference, payment.reference)
        await self.record_answer.payment(payment, reported)
