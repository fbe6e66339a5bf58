"""Captures and voids authorized payments."""

from dataclasses import dataclass

from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import COUNTED, RecordPaymentOutcome
from core.application.payments.references import reference_of
from core.application.retries import retrying
from core.domain.errors import DomainError
from core.domain.identifiers import OrderId
from core.domain.payments.payment import Payment, PaymentState
from ports.clock import Clock
from ports.errors import PortError, Rejected, Unavailable
from ports.payments.gateway import GatewayStatus
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class CapturePayments:
    """Take all that is held for an order. That we are about to is committed before we ask.

    Raises:
        Rejected: the gateway does not give it; if it holds it no longer, the order is cancelled.
        Unavailable: nothing happened.
        OutcomeUnknown: a worker asks what became of it.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    now: Clock

    async def __call__(self, order_id: OrderId) -> None:
        async with self.units() as unit:
            held = [each for each in await unit.payments.list(order_id) if each.state in COUNTED]
        for payment in held:
            await self._capture(payment)

    async def resolve(self, payment: Payment) -> None:
        """Ask what became of held money, and of taking it; what was not taken stays held."""
        known = await self.gateways.get(payment.gateway).query(reference_of(payment))
        if known.status is GatewayStatus.AUTHORIZED:
            await retrying(lambda: self._keep(payment))
        else:
            await self.record_outcome.payment(known, payment.gateway)

    async def _capture(self, payment: Payment) -> None:
        authorizing = self.gateways.authorizing(payment.gateway)
        if authorizing is None:
            raise Unavailable
        await retrying(lambda: self._about_to_ask(payment))
        try:
            known = await authorizing.capture(
                reference_of(payment), payment.amount, payment.reference
            )
        except Rejected:
            await self.resolve(payment)
            raise
        await self.record_outcome.payment(known, payment.gateway)

    async def _about_to_ask(self, payment: Payment) -> None:
        async with self.units() as unit:
            claimed = await unit.payments.get_for_update(payment.id)
            claimed.capture(self.now())
            await unit.payments.save(claimed)
            await unit.commit()

    async def _keep(self, payment: Payment) -> None:
        async with self.units() as unit:
            claimed = await unit.payments.get_for_update(payment.id)
            if claimed.state is PaymentState.CAPTURING:
                claimed.fail_capture(self.now())
                await unit.payments.save(claimed)
                await unit.commit()


@dataclass(frozen=True, slots=True)
class FollowUpAuthorization:
    """Bring held money forward by one step; what cannot be done now is left to the next time."""

    gateways: Gateways
    record_outcome: RecordPaymentOutcome
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
        """Ask before letting go: it may have been done, or the money may have been taken."""
        meant = reference_of(payment)
        known = await self.gateways.get(payment.gateway).query(meant)
        authorizing = self.gateways.authorizing(payment.gateway)
        if known.status is GatewayStatus.AUTHORIZED and authorizing is not None:
            known = await authorizing.void(meant, payment.reference)
        await self.record_outcome.payment(known, payment.gateway)
