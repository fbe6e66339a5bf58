"""Keeps what a gateway said and the shop cannot use, until staff have looked at it."""

from dataclasses import dataclass
from datetime import datetime

from core.application.payments.reports import storable
from core.application.retries import retrying
from core.domain.events import NotificationQuarantined
from ports.clock import Clock
from ports.payments.inbox import InboxEntry, InboxState
from ports.unit_of_work import RepeatableUnits, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a gateway said, in a notification or in an answer.

    ``key`` is the same for each repetition of the same content.
    """

    gateway: str
    account: str
    key: str
    reference: str
    body: bytes
    at: datetime

    async def record_in(self, unit: UnitOfWork) -> InboxEntry:
        return await unit.inbox.record(
            gateway=self.gateway,
            account=storable(self.account),
            key=self.key,
            body=self.body,
            reference=storable(self.reference),
            at=self.at,
        )


@dataclass(frozen=True, slots=True)
class QuarantineMessage:
    """Store a genuine message that does not fit, and raise the alarm for its first copy.

    In a transaction of its own: the one that found the mismatch is rolled back.
    """

    units: RepeatableUnits
    now: Clock

    async def __call__(self, message: Message, reason: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                entry = await message.record_in(unit)
                if entry.state is InboxState.APPLIED:
                    return
                await unit.inbox.mark_handled(entry.id, InboxState.QUARANTINED, storable(reason))
                if entry.state is InboxState.RECEIVED:
                    unit.add_event(NotificationQuarantined(notification_id=entry.id, at=self.now()))
                await unit.commit()

        await retrying(once)
