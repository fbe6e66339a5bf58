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
    """What we made of a notification; anything but the first two deserves a look."""

    APPLIED = "applied"
    REPEATED = "repeated"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NotificationResult:
    answer: Acknowledgement
    outcome: Outcome


def _reference(said: Notification) -> str:
    if said.payment is not None:
        return said.payment.reference
    if said.refund is not None:
        return said.refund.payment_reference or said.refund.reference
    return ""


@dataclass(frozen=True, slots=True)
class ReceiveNotification:
    """Hear what a gateway has to say, once, and answer it.

    Only what was surely said by the gateway, and is about money that we asked for, is
    acknowledged; it is, too, when it comes again. What is genuine and does not fit is kept
    in quarantine and not acknowledged: it may fit when it comes again.
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
            said = await gateway.verify(raw)
        except BadSignature:
            return NotificationResult(gateway.acknowledge(accepted=False), Outcome.REFUSED)
        outcome = await retrying(lambda: self._handle(gateway_code, raw, said))
        accepted = outcome is not Outcome.QUARANTINED
        return NotificationResult(gateway.acknowledge(accepted=accepted), outcome)

    async def _handle(self, gateway: str, raw: RawNotification, said: Notification) -> Outcome:
        async with self.units() as unit:
            entry = await unit.inbox.record(
                gateway=gateway,
                account=said.account,
                key=said.key,
                body=raw.body,
                reference=_reference(said),
                at=raw.received_at,
            )
            if entry.state is InboxState.APPLIED:
                return Outcome.REPEATED
            outcome, reason = await self._apply(unit, gateway, said)
            if outcome is Outcome.QUARANTINED:
                await unit.inbox.mark_handled(entry.id, InboxState.QUARANTINED, reason)
                if entry.state is InboxState.RECEIVED:
                    unit.add_event(NotificationQuarantined(notification_id=entry.id, at=self.now()))
            else:
                await unit.inbox.mark_handled(entry.id, InboxState.APPLIED)
            await unit.commit()
        return outcome

    async def _apply(
        self, unit: UnitOfWork, gateway: str, said: Notification
    ) -> tuple[Outcome, str]:
        try:
            if said.payment is not None:
                await self.record_outcome.payment_in(unit, said.payment, gateway)
            if said.refund is not None:
                await self.record_outcome.refund_in(unit, said.refund, gateway)
        except (NotFound, PaymentMismatch, IllegalTransition) as error:
            return Outcome.QUARANTINED, f"{error.code}: {error}"[:200]
        return Outcome.APPLIED, ""
