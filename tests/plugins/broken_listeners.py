"""Listeners and event types with one fault each, and the case of the kit that finds it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from core.domain.events import Event, OrderPaid, OrderPlaced
from core.domain.identifiers import OrderId

ORDER = OrderId(UUID(int=7))
PLACED = OrderPlaced(order_id=ORDER, at=datetime(2026, 1, 1, tzinfo=UTC))


class WorkingListener:
    """Stores the keys with their events, as a table with a unique key does."""

    name = "points"
    events: tuple[Any, ...] = (OrderPlaced,)

    def __init__(self, store: dict[str, Any]) -> None:
        self.store = store

    async def handle(self, event: Event, key: str) -> None:
        if isinstance(event, OrderPlaced):
            self.store.setdefault(key, event.order_id)


class CountsEveryDelivery(WorkingListener):
    async def handle(self, event: Event, key: str) -> None:
        if isinstance(event, OrderPlaced):
            self.store[f"{key} {len(self.store)}"] = event.order_id


class RemembersInMemory(WorkingListener):
    def __init__(self, store: dict[str, Any]) -> None:
        super().__init__(store)
        self.seen: set[str] = set()

    async def handle(self, event: Event, key: str) -> None:
        if key not in self.seen and isinstance(event, OrderPlaced):
            self.seen.add(key)
            self.store[f"{key} {len(self.store)}"] = event.order_id


class DoesNothing(WorkingListener):
    async def handle(self, event: Event, key: str) -> None:
        """Forget the event."""


class AssumesItsEvent(WorkingListener):
    async def handle(self, event: Any, key: str) -> None:
        self.store.setdefault(key, event.order_id)


class StoresEveryEvent(WorkingListener):
    async def handle(self, event: Event, key: str) -> None:
        self.store.setdefault(key, str(event))


class WantsAnotherEvent(WorkingListener):
    events = (OrderPaid,)


class HasAStrangeName(WorkingListener):
    name = "my points"


class Answers(WorkingListener):
    async def handle(self, event: Event, key: str) -> Any:
        await super().handle(event, key)
        return "handled"


class RacesWithItself(WorkingListener):
    """Counts what is under way, and forgets it at a restart."""

    def __init__(self, store: dict[str, Any]) -> None:
        super().__init__(store)
        self.done: set[str] = set(store)
        self.busy = 0

    async def handle(self, event: Event, key: str) -> None:
        if not isinstance(event, OrderPlaced):
            return
        self.busy += 1
        await asyncio.sleep(0)
        self.store.setdefault(key if self.busy == 1 else f"{key} {self.busy}", event.order_id)
        self.busy -= 1


BROKEN_LISTENERS: Mapping[type[WorkingListener], str] = {
    CountsEveryDelivery: "test_an_event_that_arrives_twice_has_one_effect",
    DoesNothing: "test_an_event_that_arrives_twice_has_one_effect",
    Answers: "test_an_event_that_arrives_twice_has_one_effect",
    RemembersInMemory: "test_an_event_that_arrives_again_after_a_restart_has_one_effect",
    RacesWithItself: "test_an_event_that_arrives_twice_at_once_has_one_effect",
    AssumesItsEvent: "test_an_unknown_event_is_ignored",
    StoresEveryEvent: "test_an_unknown_event_is_ignored",
    WantsAnotherEvent: "test_the_shop_accepts_the_listener",
    HasAStrangeName: "test_the_shop_accepts_the_listener",
}

AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingEvent(Event):
    plugin_type: ClassVar[str] = "helper.points.earned"
    order_id: OrderId = ORDER
    points: int = 12
    level: str = "gold"
    first: bool = True
    at: datetime = AT


@dataclass(frozen=True, slots=True, kw_only=True)
class HasTheTypeOfAnotherPlugin(Event):
    plugin_type: ClassVar[str] = "other.points.earned"
    at: datetime = AT


@dataclass(frozen=True, slots=True, kw_only=True)
class HasAName(Event):
    plugin_type: ClassVar[str] = "helper.points.earned"
    name: str = "李梅"
    at: datetime = AT


@dataclass(frozen=True, slots=True, kw_only=True)
class HasAFraction(Event):
    plugin_type: ClassVar[str] = "helper.points.earned"
    points: float = 1.5
    at: datetime = AT


@dataclass(frozen=True, slots=True, kw_only=True)
class HasNoTimeZone(Event):
    plugin_type: ClassVar[str] = "helper.points.earned"
    at: datetime = datetime(2026, 1, 1)  # noqa: DTZ001 -- the fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparesWithNothing(Event):
    plugin_type: ClassVar[str] = "helper.points.earned"
    points: int = field(default=12, compare=False)
    at: datetime = AT

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


BROKEN_EVENT_TYPES: Mapping[type[Event], str] = {
    HasTheTypeOfAnotherPlugin: "test_the_type_begins_with_the_name_of_the_plugin",
    HasAName: "test_its_values_are_ids_numbers_times_and_codes",
    HasAFraction: "test_its_values_are_ids_numbers_times_and_codes",
    HasNoTimeZone: "test_its_values_are_ids_numbers_times_and_codes",
    ComparesWithNothing: "test_it_is_the_same_after_it_was_stored",
}
