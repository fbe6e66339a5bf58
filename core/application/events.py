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
"""Handles a batch of events. It may see one again: it must be idempotent."""


def anything(_event: Event) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscriber, and which events it wants."""

    handle: Subscriber
    wants: Callable[[Event], bool] = anything


class Subscribers(Protocol):
    async def __call__(self) -> Mapping[str, Listener]:
        """Who listens now, by name."""


class LocalSubscribers(Subscribers, Protocol):
    """Those in this process."""


class RemoteSubscribers(Subscribers, Protocol):
    """Those over a network."""


BATCH = 200


RETRIES_AT_ONCE = 20


KEPT = timedelta(days=30)


TRY_AGAIN_AFTER = tuple(
    timedelta(seconds=each)
    for each in (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After the last of these, some three days after it happened, an event is given up."""


@dataclass(frozen=True, slots=True)
class RelayEvents:
    """Deliver what is due to everybody who listens; how many events.

    ``near`` listen in this process and are told at once; ``far`` ones, over a network, get
    each event by itself from `DeliverMissed`. Whoever fails costs nobody else.
    """

    outbox: Outbox
    local: LocalSubscribers
    remote: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        fresh = await self.outbox.claim(self.now(), BATCH)
        if not fresh:
            return 0
        missed = []
        for name, listener in (await self.local()).items():
            wanted = [each for each in fresh if listener.wants(each.event)]
            if wanted and (error := await _handed(listener.handle, wanted)):
                missed += [again(_missed(each, name, error), self.now()) for each in wanted]
        for name, listener in (await self.remote()).items():
            missed += [
                replace(_missed(each, name, ""), due_at=self.now())
                for each in fresh
                if listener.wants(each.event)
            ]
        await self.outbox.delivered(fresh, missed)
        return len(fresh)

    async def drain(self) -> int:
        """Deliver until nothing is due."""
        delivered = 0
        while count := await self():
            delivered += count
        return delivered


@dataclass(frozen=True, slots=True)
class DeliverMissed:
    """Deliver, one by one, what somebody has not taken yet; how many were tried.

    After ten failures an event is given up for that subscriber, until somebody revives it.
    """

    outbox: Outbox
    local: LocalSubscribers
    remote: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        missed = await self.outbox.claim_retries(self.now(), RETRIES_AT_ONCE)
        if missed:
            listening = {**await self.local(), **await self.remote()}
            await asyncio.gather(
                *(self._deliver(each, listening.get(each.subscriber)) for each in missed)
            )
        return len(missed)

    async def drain(self) -> int:
        """Deliver until everything that is due was tried."""
        tried = 0
        while count := await self():
            tried += count
        return tried

    async def _deliver(self, delivery: Delivery, listener: Listener | None) -> None:
        """Whoever does not listen any more, or not to this, has missed nothing."""
        wanted = listener is not None and listener.wants(delivery.envelope.event)
        error = await _handed(listener.handle, [delivery.envelope]) if listener and wanted else ""
        failed = again(replace(delivery, last_error=error), self.now())
        await self.outbox.record_attempt(failed, done=not error)


def again(delivery: Delivery, now: datetime) -> Delivery:
    """The delivery after one more failure: due later, or given up."""
    tried = delivery.attempts
    due = now + TRY_AGAIN_AFTER[tried] if tried < len(TRY_AGAIN_AFTER) else None
    return replace(delivery, attempts=tried + 1, due_at=due)


def _missed(envelope: Envelope, subscriber: str, error: str) -> Delivery:
    return Delivery(
        envelope=envelope, subscriber=subscriber, attempts=0, due_at=None, last_error=error
    )


async def _handed(subscriber: Subscriber, envelopes: Sequence[Envelope]) -> str:
    """Why it was not taken; empty if it was."""
    try:
        await subscriber(envelopes)
    except PortError as error:
        return type(error).__name__
    return ""


@dataclass(frozen=True, slots=True)
class PurgeEvents:
    """Drop the events of over 30 days ago that everybody has taken; how many."""

    outbox: Outbox
    now: Clock

    async def __call__(self) -> int:
        return await self.outbox.purge(self.now() - KEPT)
