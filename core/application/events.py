"""Delivers events from the outbox to subscribers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.domain.events import Event
from ports.clock import Clock
from ports.errors import PortError
from ports.events.outbox import Delivery, Envelope, Outbox

Subscriber = Callable[[Sequence[Envelope]], Awaitable[None]]
"""Handles a batch of events. It must be idempotent: the same event may arrive again."""


def _every_event(_event: Event) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscriber with a filter: it receives the events for which ``wants`` is true."""

    handle: Subscriber
    wants: Callable[[Event], bool] = _every_event


class Subscribers(Protocol):
    async def __call__(self) -> Mapping[str, Listener]:
        """Return the current subscribers by name."""


class LocalSubscribers(Subscribers, Protocol):
    """Subscribers in this process."""


class RemoteSubscribers(Subscribers, Protocol):
    """Subscribers over a network."""


BATCH_SIZE = 200
RETRY_BATCH_SIZE = 20
RETENTION = timedelta(days=30)

TRY_AGAIN_AFTER = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Waits between the attempts of a delivery. After the last one, about three days, it is dead."""


@dataclass(frozen=True, slots=True)
class RelayEvents:
    """Deliver the due events of the outbox. Returns the number of events.

    Local subscribers handle the batch immediately. For remote ones, one delivery per event is
    stored, and `DeliverMissed` sends it. A subscriber that fails does not affect the others.
    """

    outbox: Outbox
    local: LocalSubscribers
    remote: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        claimed = await self.outbox.claim(self.now(), BATCH_SIZE)
        if not claimed:
            return 0
        missed = []
        for name, listener in (await self.local()).items():
            wanted = [each for each in claimed if listener.wants(each.event)]
            if wanted and (error := await _deliver(listener.handle, wanted)):
                missed += [_retry_later(_missed(each, name, error), self.now()) for each in wanted]
        for name, listener in (await self.remote()).items():
            missed += [
                replace(_missed(each, name, ""), due_at=self.now())
                for each in claimed
                if listener.wants(each.event)
            ]
        await self.outbox.delivered(claimed, missed)
        return len(claimed)

    async def drain(self) -> int:
        """Deliver until no event is due. Returns the number of events."""
        delivered = 0
        while count := await self():
            delivered += count
        return delivered


@dataclass(frozen=True, slots=True)
class DeliverMissed:
    """Retry the missed deliveries that are due, one event each. Returns the number of attempts.

    After ten failures a delivery is dead, until staff revive it.
    """

    outbox: Outbox
    local: LocalSubscribers
    remote: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        missed = await self.outbox.claim_retries(self.now(), RETRY_BATCH_SIZE)
        if missed:
            listeners = {**await self.local(), **await self.remote()}
            await asyncio.gather(
                *(self._retry(each, listeners.get(each.subscriber)) for each in missed)
            )
        return len(missed)

    async def drain(self) -> int:
        """Retry until no delivery is due. Returns the number of attempts."""
        attempts = 0
        while count := await self():
            attempts += count
        return attempts

    async def _retry(self, delivery: Delivery, listener: Listener | None) -> None:
        """A subscriber that left, or does not want the event any more, needs no delivery."""
        wanted = listener is not None and listener.wants(delivery.envelope.event)
        error = await _deliver(listener.handle, [delivery.envelope]) if listener and wanted else ""
        attempted = _retry_later(replace(delivery, last_error=error), self.now())
        await self.outbox.record_attempt(attempted, done=not error)


def _retry_later(delivery: Delivery, now: datetime) -> Delivery:
    """Count one more attempt, and set the time of the next one, or None for a dead delivery."""
    attempts = delivery.attempts
    due_at = now + TRY_AGAIN_AFTER[attempts] if attempts < len(TRY_AGAIN_AFTER) else None
    return replace(delivery, attempts=attempts + 1, due_at=due_at)


def _missed(envelope: Envelope, subscriber: str, error: str) -> Delivery:
    return Delivery(
        envelope=envelope, subscriber=subscriber, attempts=0, due_at=None, last_error=error
    )


async def _deliver(subscriber: Subscriber, envelopes: Sequence[Envelope]) -> str:
    """Returns the name of the error, or an empty string on success."""
    try:
        await subscriber(envelopes)
    except PortError as error:
        return type(error).__name__
    return ""


@dataclass(frozen=True, slots=True)
class PurgeEvents:
    """Delete events older than 30 days that are delivered. Returns the number of events."""

    outbox: Outbox
    now: Clock

    async def __call__(self) -> int:
        return await self.outbox.purge(self.now() - RETENTION)
