"""Receives asynchronous notifications of payment gateways."""

from dataclasses import dataclass
from enum import StrEnum

from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import RecordPaymentOutcome
from core.application.payments.quarantine import Message, QuarantineMessage
from core.application.payments.reports import key_of, storable
from core.application.retries import retrying
from core.domain.errors import DomainError, NotFound, PaymentMismatch
from ports.errors import BadSignature
from ports.payments.inbox import InboxState
from ports.payments.notifications import Acknowledgement, Notification, RawNotification
from ports.unit_of_work import UnitsOfWork

LONGEST_KEY = 120


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
    """Verify, apply and acknowledge a notification of a gateway. Idempotent by its content.

    A repeated notification is acknowledged again. A genuine one that does not fit is
    quarantined, whatever is odd about it, and not acknowledged, so that the gateway repeats it.

    Raises:
        NotFound: no gateway with this code receives notifications.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    quarantine: QuarantineMessage

    async def __call__(self, gateway_code: str, raw: RawNotification) -> NotificationResult:
        gateway = self.gateways.notifying(gateway_code)
        if gateway is None:
            raise NotFound("notification address", gateway_code)
        try:
            notification = await gateway.verify(raw)
        except BadSignature:
            return NotificationResult(gateway.acknowledge(accepted=False), Outcome.REFUSED)
        outcome = await self._handle(_message(gateway_code, raw, notification), notification)
        accepted = outcome is not Outcome.QUARANTINED
        return NotificationResult(gateway.acknowledge(accepted=accepted), outcome)

    async def _handle(self, message: Message, notification: Notification) -> Outcome:
        try:
            return await retrying(lambda: self._apply(message, notification), repeatable=True)
        except DomainError as error:
            await self.quarantine(message, f"{error.code}: {error}")
            return Outcome.QUARANTINED

    async def _apply(self, message: Message, notification: Notification) -> Outcome:
        if notification.problem:
            raise PaymentMismatch(message.reference or message.key, notification.problem)
        async with self.units() as unit:
            entry = await message.record_in(unit)
            if entry.state is InboxState.APPLIED:
                return Outcome.REPEATED
            if notification.payment is not None:
                await self.record_outcome.payment_in(unit, notification.payment, message.gateway)
            if notification.refund is not None:
                await self.record_outcome.refund_in(unit, notification.refund, message.gateway)
            await unit.inbox.mark_handled(entry.id, InboxState.APPLIED)
            await unit.commit()
        return Outcome.APPLIED


def _message(gateway: str, raw: RawNotification, notification: Notification) -> Message:
    """The key has the content: a gateway can use a number again, for another status."""
    said = (notification.payment, notification.refund, notification.problem)
    return Message(
        gateway=gateway,
        account=notification.account,
        key=f"{storable(notification.key, LONGEST_KEY)}-{key_of(notification.key, *said)}",
        reference=_reference(notification),
        body=raw.body,
        at=raw.received_at,
    )
