"""A subscriber of events behind the plugin guard."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from adapters.plugins.guard import PluginGuard
from core.domain.events import Event
from ports.events.outbox import Envelope


@dataclass(frozen=True, slots=True)
class GuardedSubscriber:
    """The outbox delivers a failed batch again; other subscribers do not wait for it."""

    handle: Callable[[Sequence[Event]], Awaitable[None]]
    guard: PluginGuard

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        events = [each.event for each in envelopes]
        await self.guard.call(lambda: self.handle(events), answers=type(None))
