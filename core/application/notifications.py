"""Hearing what gateways say by themselves."""

from dataclasses import dataclass
from enum import StrEnum

from core.application.gateways import Gateways
from core.application.retrying import retrying
from core.application.settlement import Settle
from core.domain.errors import IllegalTransition, NotFound, PaymentMismatch
from core.domain.events import NotificationQuarantined
from ports.clock import Clock
from ports.errors import BadSignature
from ports.payment.notifications import Acknowledgement, Notification, RawNotification
from ports.storage.inbox import InboxState
from ports.storage.units import Unit, UnitsOfWork


class Outcome(StrEnum):
    """What we made of a notification; anything but the first two deserves a look."""

    APPLIED = "applied"
    REPEATED = "repeated"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Heard:
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
    settle: Settle
    now: Clock

    async def __call__(self, gateway_code: str, raw: RawNotification) -> Heard:
        gateway = self.gateways.notifying(gateway_code)
        if gateway is None:
            raise NotFound("notification address", gateway_code)
        try:
            said = await gateway.verify(raw)
        except BadSignature:
            return Heard(gateway.acknowledge(accepted=False), Outcome.REFUSED)
        outcome = await retrying(lambda: self._hear(gateway_code, raw, said))
        accepted = outcome is not Outcome.QUARANTINED
        return Heard(gateway.acknowledge(accepted=accepted), outcome)

    async def _hear(self, gateway: str, raw: RawNotification, said: Notification) -> Outcome:
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
                await unit.inbox.settle(entry.id, InboxState.QUARANTINED, reason)
                if entry.state is InboxState.RECEIVED:
                    unit.tell(NotificationQuarantined(notification_id=entry.id, at=self.now()))
            else:
                await unit.inbox.settle(entry.id, InboxState.APPLIED)
            await unit.commit()
        return outcome

    async def _apply(self, unit: Unit, gateway: str, said: Notification) -> tuple[Outcome, str]:
        try:
            if said.payment is not None:
                await self.settle.payment_in(unit, said.payment, gateway)
            if said.refund is not None:
                await self.settle.refund_in(unit, said.refund, gateway)
        except (NotFound, PaymentMismatch, IllegalTransition) as error:
            return Outcome.QUARANTINED, f"{error.code}: {error}"[:200]
        return Outcome.APPLIED, ""
