"""Subscribers and listeners of events behind the plugin guard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.plugins.answers.checks import nothing
from adapters.plugins.answers.event_types import own_event
from adapters.plugins.guard import PluginGuard
from core.domain.events import Event
from ports.events.outbox import Envelope


@dataclass(frozen=True, slots=True)
class GuardedSubscriber:
    """The outbox delivers a failed batch again; other subscribers do not wait for it.

    ``own`` has the plugin's classes of its own event types.
    """

    subscriber: Any
    guard: PluginGuard
    own: Mapping[str, type[Event]] = field(default_factory=dict)

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        events = [each.event for each in envelopes]
        await self.guard.call(
            lambda: self.subscriber.handle([own_event(each, self.own) for each in events]), nothing
        )


@dataclass(frozen=True, slots=True)
class GuardedListener:
    """Handles one event a call, with an idempotency key for what it changes in the shop.

    The key is the same in every delivery of the event to the listener called ``name``.
    """

    listener: Any
    guard: PluginGuard
    name: str
    own: Mapping[str, type[Event]] = field(default_factory=dict)

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            await self._handle(each.event, f"{each.id}:{self.name}")

    async def _handle(self, event: Event, key: str) -> None:
        await self.guard.call(
            lambda: self.listener.handle(own_event(event, self.own), key), nothing
        )
