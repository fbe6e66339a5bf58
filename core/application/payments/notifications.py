"""Receives asynchronous notifications of payment gateways."""

from dataclasses import dataclass
from enum import StrEnum

from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import RecordPaymentOutcome
from core.application.retries import retrying
from core.domain.errors import IllegalTransition, NotFound, PaymentMismatch
from core.domain.events import NotificationQuarantined
from ports.clock import Clock
from ports.errors import BadSignature
from ports.payments.inbox import InboxState
from ports.payments.notifications import Acknowledgement, Notification, RawNotification
from ports.unit_of_work import UnitOfWork, UnitsOfWork


class Outcome(StrEnum):
    """How a notification was handled. Quarantined and refused ones need attention."""

    APPLIED = "applied"
    REPEATED = "repeated"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NotificationResult:
    answer: Acknowledgement
    outcome: Outcome


def _reference(notification: Notification) -> str:
    if notification.payment is not None:
        return notification.payment.reference
    if notification.refund is not None:
        return notification.refund.payment_reference or notification.refund.reference
    return ""


@dataclass(frozen=True, slots=True)
class ReceiveNotification:
    """Verify, apply and acknowledge a notification of a gateway. Idempotent by its key.

    A repeated notification is acknowledged again. A genuine one that does not match our
    payments is quarantined and not acknowledged, so that the gateway repeats it.

    Raises:
        NotFound: no gateway with this code receives notifications.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    now: Clock

    async def __call__(self, gateway_code: str, raw: RawNotification) -> NotificationResult:
        gateway = self.gateways.notifying(gateway_code)
        if gateway is None:
            raise NotFound("notification address", gateway_code)
        try:
            notification = await gateway.verify(raw)
        except BadSignature:
            return NotificationResult(gateway.acknowledge(accepted=False), Outcome.REFUSED)
        outcome = await retrying(lambda: self._handle(gateway_code, raw, notification))
        accepted = outcome is not Outcome.QUARANTINED
        return NotificationResult(gateway.acknowledge(accepted=accepted), outcome)

    async def _handle(
        self, gateway: str, raw: RawNotification, notification: Notification
    ) -> Outcome:
        async with self.units() as unit:
            entry = await unit.inbox.record(
                gateway=gateway,
                account=notification.account,
                key=notification.key,
                body=raw.body,
                reference=_reference(notification),
                at=raw.received_at,
            )
            if entry.state is InboxState.APPLIED:
                return Outcome.REPEATED
            outcome, reason = await self._apply(unit, gateway, notification)
            if outcome is Outcome.QUARANTINED:
                await unit.inbox.mark_handled(entry.id, InboxState.QUARANTINED, reason)
                if entry.state is InboxState.RECEIVED:
                    unit.add_event(NotificationQuarantined(notification_id=entry.id, at=self.now()))
            else:
                await unit.inbox.mark_handled(entry.id, InboxState.APPLIED)
            await unit.commit()
        return outcome

    async def _apply(
        self, unit: UnitOfWork, gateway: str, notification: Notification
    ) -> tuple[Outcome, str]:
        try:
            if notification.payment is not None:
                await self.record_outcome.payment_in(unit, notification.payment, gateway)
            if notification.refund is not None:
                await self.record_outcome.refund_in(unit, notification.refund, gateway)
        except (NotFound, PaymentMismatch, IllegalTransition) as error:
            return Outcome.QUARANTINED, f"{error.code}: {error}"[:200]
        return Outcome.APPLIED, ""
