"""A plugin with an event type and two listeners. A test decides what a listener does."""

NAME = "bonus"
SOURCE = """
from dataclasses import dataclass
from typing import ClassVar
from entrepot import Capability, Event, Manifest, OrderPlaced, hookimpl
from entrepot.shop import CustomerId, OrderId

manifest = Manifest(
    name="bonus",
    version="1",
    api=">=1,<2",
    capabilities=frozenset({Capability.EVENTS, Capability.ORDERS_ACT}),
)
KEPT, HANDLED, BATCHES = [], [], []
DO = []


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(Event):
    plugin_type: ClassVar[str] = "bonus.points.earned"
    order_id: OrderId
    points: int
    level: str
    first: bool


class Points:
    name = "points"
    events = (OrderPlaced, PointsEarned)

    async def handle(self, event, key):
        HANDLED.append((event, key))
        for each in DO:
            await each(event, key)


class Level(Points):
    name = "level"
    events = frozenset({"bonus.points.earned"})

    async def handle(self, event, key):
        HANDLED.append((event, key))


class Subscriber:
    async def handle(self, events):
        BATCHES.extend(events)


@hookimpl
def entrepot_event_types(context):
    KEPT.append(context)
    return [PointsEarned]


@hookimpl
def entrepot_listeners(context):
    return [Points(), Level()]


@hookimpl
def entrepot_subscribers(context):
    return [Subscriber()]
"""
