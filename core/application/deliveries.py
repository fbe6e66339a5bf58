"""Delivers stored events to single subscribers, each in a lane of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.application.events import (
    TRY_AGAIN_AFTER,
    Listener,
    LocalSubscribers,
    RemoteSubscribers,
)
from core.application.retries import retrying
from ports.clock import Clock
from ports.events.outbox import Deliveries, Delivery

CONCURRENT_CALLS = 4
"""Per subscriber. All events of a claim are delivered at once, so its lease is long enough."""

DISABLE_AFTER = timedelta(days=5)
POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DeliverEvents:
    """Deliver what is due, with a lane for each subscriber. Returns the number of attempts.

    A subscriber that hangs or fails delays no other one. After ten failures a delivery is dead,
    until staff revive it. After five days without a success, a webhook is disabled.
    """

    deliveries: Deliveries
    local: LocalSubscribers
    remote: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        """Make one batch of each subscriber."""
        due = await self.deliveries.subscribers_due(self.now())
        return sum(await asyncio.gather(*map(self._deliver_batch, due)))

    async def drain(self) -> int:
        """Deliver until nothing is due. Returns the number of attempts."""
        attempts = 0
        while count := await self():
            attempts += count
        return attempts

    async def run(self) -> None:
        """Deliver until this is cancelled. No lane waits for another one."""
        lanes: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                for name in await self.deliveries.subscribers_due(self.now()):
                    if name not in lanes or lanes[name].done():
                        lanes[name] = group.create_task(self._drain_lane(name))
                await asyncio.sleep(POLL_SECONDS)

    async def _drain_lane(self, name: str) -> None:
        while name in await self.deliveries.subscribers_due(self.now()):
            if not await self._deliver_batch(name):
                return  # Another worker has claimed what is due.

    async def _deliver_batch(self, name: str) -> int:
        listener = {**await self.local(), **await self.remote()}.get(name)
        calls = await self._claim_calls(name, listener.batch if listener else 1)
        results = await asyncio.gather(*(self._attempt(listener, each) for each in calls))
        tried = [each for of_call in results for each in of_call]
        done = [each for each in tried if not each.last_error]
        failed = [_tried_again(each, self.now()) for each in tried if each.last_error]
        await retrying(lambda: self.deliveries.record(name, done, failed, self.now()))
        if failed and listener is not None and listener.can_be_disabled:
            since = self.now() - DISABLE_AFTER
            await self.deliveries.disable_if_failing(name, since, self.now())
        return len(tried)

    async def _claim_calls(self, name: str, batch: int) -> list[Sequence[Delivery]]:
        """Fresh events go in batches, failed ones one by one: one of them may be the cause."""
        now, most = self.now(), max(batch, CONCURRENT_CALLS)
        fresh = await retrying(lambda: self.deliveries.claim(name, now, most, again=False))
        failed = await retrying(
            lambda: self.deliveries.claim(name, now, CONCURRENT_CALLS, again=True)
        )
        batches = [fresh[start : start + batch] for start in range(0, len(fresh), batch)]
        return [*batches, *((each,) for each in failed)]

    async def _attempt(
        self, listener: Listener | None, deliveries: Sequence[Delivery]
    ) -> list[Delivery]:
        """A subscriber that left, or does not want an event any more, needs no delivery."""
        wanted = [each for each in deliveries if listener and listener.wants(each.envelope.event)]
        error = ""
        if listener is not None and wanted:
            error = await listener.deliver([each.envelope for each in wanted])
        return [replace(each, last_error=error if each in wanted else "") for each in deliveries]


def _tried_again(delivery: Delivery, now: datetime) -> Delivery:
    """Count one more attempt, and set the time of the next one, or None for a dead delivery."""
    attempts = delivery.attempts
    due_at = now + TRY_AGAIN_AFTER[attempts] if attempts < len(TRY_AGAIN_AFTER) else None
    return replace(delivery, attempts=attempts + 1, due_at=due_at)
