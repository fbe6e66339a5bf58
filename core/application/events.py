"""Delivers events from the outbox to subscribers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.application.purges import purge_all
from core.domain.events import Event
from ports.clock import Clock
from ports.errors import PortError
from ports.events.outbox import Delivery, Envelope, Outbox

log = logging.getLogger(__name__)

Subscriber = Callable[[Sequence[Envelope]], Awaitable[None]]
"""Handles a batch of events. It must be idempotent: the same event may arrive again."""


def _every_event(_event: Event) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscriber with a filter: it receives the events for which ``wants`` is true.

    ``batch`` is the largest number of events of one call of a remote subscriber. With
    ``can_be_disabled``, it receives nothing more after days without a success.
    """

    handle: Subscriber
    wants: Callable[[Event], bool] = _every_event
    batch: int = 1
    can_be_disabled: bool = False

    async def deliver(self, envelopes: Sequence[Envelope]) -> str:
        """Returns the name of the error, or an empty string on success."""
        try:
            await self.handle(envelopes)
        except PortError as error:
            return type(error).__name__
        except Exception as error:
            # The fault of one subscriber must not stop the events of the others.
            log.exception("a subscriber failed")
            return type(error).__name__
        return ""


class Subscribers(Protocol):
    async def __call__(self) -> Mapping[str, Listener]:
        """Return the current subscribers by name."""


class LocalSubscribers(Subscribers, Protocol):
    """Subscribers that use nothing but this process and the database."""


class RemoteSubscribers(Subscribers, Protocol):
    """Subscribers that may be slow: those over a network, and those of plugins."""


BATCH_SIZE = 200
PURGED_AT_ONCE = 1_000
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
    stored, and `DeliverEvents` makes it. A subscriber that fails does not affect the others.
    """

    outbox: Outbox
    local: LocalSubscribers
    remote: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        claimed = await self.outbox.claim(self.now(), BATCH_SIZE)
        if not claimed:
            return 0
        local = await self.local()
        deliveries = await asyncio.gather(
            *(self._deliver(name, listener, claimed) for name, listener in local.items())
        )
        missed = [each for of_one in deliveries for each in of_one]
        now = self.now()
        missed += [
            Delivery(envelope=each, subscriber=name, attempts=0, due_at=now, last_error="")
            for name, listener in (await self.remote()).items()
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

    async def _deliver(
        self, name: str, listener: Listener, claimed: Sequence[Envelope]
    ) -> list[Delivery]:
        """Returns the deliveries to try again."""
        wanted = [each for each in claimed if listener.wants(each.event)]
        error = await listener.deliver(wanted) if wanted else ""
        if not error:
            return []
        due_at = self.now() + TRY_AGAIN_AFTER[0]
        return [
            Delivery(envelope=each, subscriber=name, attempts=1, due_at=due_at, last_error=error)
            for each in wanted
        ]


@dataclass(frozen=True, slots=True)
class PurgeEvents:
    """Delete events older than 30 days that are delivered. Returns the number of events."""

    outbox: Outbox
    now: Clock

    async def __call__(self) -> int:
        before = self.now() - RETENTION
        return await purge_all(lambda: self.outbox.purge(before, PURGED_AT_ONCE))
