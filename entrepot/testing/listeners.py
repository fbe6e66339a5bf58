"""The conformance kit of event listeners."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.plugins.answers.listeners import describe_listener
from core.domain.events import Event
from entrepot.hookspecs import EventListener

Effects = Callable[[], Awaitable[object]]
"""Returns a value that can be compared: what the listener has done so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterEvent(Event):
    """An event of a version of the shop that the plugin does not know."""


@pytest.mark.anyio
class ListenerSuite:
    """Subclass this and override the fixtures.

    ``new_listener`` makes a listener, as after a restart of the shop: all of them share what they
    store. ``event`` is one that it handles. ``effects`` returns what listeners have done so far,
    such as the rows of a table or the calls of a service, as a value that can be compared.
    """

    @pytest.fixture
    def new_listener(self) -> Callable[[], EventListener]:
        raise NotImplementedError

    @pytest.fixture
    def event(self) -> Event:
        raise NotImplementedError

    @pytest.fixture
    def effects(self) -> Effects:
        raise NotImplementedError

    def test_the_shop_accepts_the_listener(
        self, new_listener: Callable[[], EventListener], event: Event
    ) -> None:
        description = describe_listener(new_listener())
        wanted = describe_listener(_Names(type(event))).types
        assert wanted <= description.types
        assert describe_listener(new_listener()) == description

    async def test_an_event_that_arrives_twice_has_one_effect(
        self, new_listener: Callable[[], EventListener], event: Event, effects: Effects
    ) -> None:
        listener: Any = new_listener()
        before = await effects()
        assert await listener.handle(event, "event-1:listener") is None
        once = await effects()
        assert once != before
        assert await listener.handle(event, "event-1:listener") is None
        assert await effects() == once

    async def test_an_event_that_arrives_again_after_a_restart_has_one_effect(
        self, new_listener: Callable[[], EventListener], event: Event, effects: Effects
    ) -> None:
        await new_listener().handle(event, "event-1:listener")
        once = await effects()
        await new_listener().handle(event, "event-1:listener")
        assert await effects() == once

    async def test_an_event_that_arrives_twice_at_once_has_one_effect(
        self, new_listener: Callable[[], EventListener], event: Event, effects: Effects
    ) -> None:
        await new_listener().handle(event, "event-1:listener")
        once = await effects()
        # One of two deliveries at once may fail: it is delivered again.
        listener = new_listener()
        await asyncio.gather(
            *(listener.handle(event, "event-1:listener") for _ in range(5)),
            return_exceptions=True,
        )
        assert await effects() == once

    async def test_an_unknown_event_is_ignored(
        self, new_listener: Callable[[], EventListener], event: Event, effects: Effects
    ) -> None:
        before = await effects()
        later = LaterEvent(at=datetime.now(UTC))
        listener: Any = new_listener()
        assert await listener.handle(later, "event-2:listener") is None
        assert await effects() == before
        await new_listener().handle(event, "event-1:listener")
        assert await effects() != before


@dataclass(frozen=True, slots=True)
class _Names:
    """A listener of one event."""

    kind: type[Event]
    name: str = "any"

    @property
    def events(self) -> tuple[type[Event], ...]:
        return (self.kind,)
