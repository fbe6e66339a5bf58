"""A subscriber of events behind the plugin guard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.checks import nothing
from adapters.plugins.guard import PluginGuard
from ports.events.outbox import Envelope


@dataclass(frozen=True, slots=True)
class GuardedSubscriber:
    """The outbox delivers a failed batch again; other subscribers do not wait for it."""

    subscriber: Any
    guard: PluginGuard

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        events = [each.event for each in envelopes]
        await self.guard.call(lambda: self.subscriber.handle(events), nothing)
