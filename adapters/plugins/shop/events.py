"""Publishes events of plugins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.event_types import event_values
from adapters.plugins.shop.acts import Act, once_for_key
from adapters.plugins.shop.arguments import wrong_argument
from adapters.plugins.shop.calls import ShopCalls
from adapters.serialization.events import PLUGIN_KINDS, event_of, payload_of
from core.domain.errors import Invalid
from core.domain.events import Event
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork

OLDEST = timedelta(hours=24)


class ForwardedEvents:
    """`ports.plugin_shop.events.ShopEvents` in the thread of a plugin.

    Only text crosses to the shop: the class of the event is code of the plugin.
    """

    __slots__ = ("_calls",)

    def __init__(self, calls: ShopCalls) -> None:
        self._calls = calls

    async def publish(self, event: Event, idempotency_key: str) -> None:
        kind = getattr(type(event), "plugin_type", None)
        is_own = type(kind) is str and kind.startswith(f"{self._calls.plugin}.")
        if not is_own or kind not in PLUGIN_KINDS:
            raise Invalid("event", "Register the type with entrepot_event_types.")
        try:
            stored = PLUGIN_KINDS[kind](**event_values(event, PLUGIN_KINDS[kind]))
        except WrongAnswer as error:
            raise wrong_argument("event", error) from error
        payload = payload_of(stored)
        await self._calls.run(
            "events", lambda adapter: adapter.publish(kind, payload, idempotency_key)
        )


@dataclass(frozen=True, slots=True)
class PluginEvents:
    """Stores events in the outbox, once for each key of ``plugin``."""

    units: UnitsOfWork
    now: Clock
    plugin: str = ""

    async def publish(self, kind: str, payload: Mapping[str, str], idempotency_key: str) -> None:
        event = event_of(kind, payload)
        now = self.now()
        if not now - OLDEST <= event.at <= now + OLDEST:
            raise Invalid("at", "The time of the event is not in the last 24 hours.")
        # The outbox delivers an event at its time.
        stored = replace(event, at=min(event.at, now))
        act = Act(
            plugin=self.plugin,
            name="events.publish",
            reference=kind,
            key=idempotency_key,
            arguments=(kind, {name: text for name, text in payload.items() if name != "at"}),
        )

        async def publish() -> None:
            async with self.units() as unit:
                unit.add_event(stored)
                await unit.commit()

        async def again(_made: Any) -> None:
            """The event is stored."""

        await once_for_key(act, publish, again)
