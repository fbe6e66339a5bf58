"""A plugin with a wrong event type or listener is refused in one line."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from adapters.clock import system
from entrepot.plugin_manager import PluginManager
from tests.installed import write_module

SOURCE = """
from dataclasses import dataclass, field
from typing import ClassVar
from entrepot import Capability, Event, Manifest, OrderPlaced, Text, hookimpl
from entrepot.shop import OrderId
manifest = Manifest(name="{name}", version="1", api=">=1,<2", capabilities=frozenset(Capability))
{code}
"""
TYPE = """
@dataclass(frozen=True, kw_only=True)
class Happened({bases}):
    plugin_type: ClassVar[str] = "{type}"
    {field}

@hookimpl
def entrepot_event_types(context):
    return [{returned}]
"""
LISTENER = """
class Listener:
    name, events = "{listener}", {events}
    async def handle(self, event, key): ...

@hookimpl
def entrepot_listeners(context):
    return [Listener()] * {count}
"""


def event_type(**changes: str) -> str:
    values = {
        "bases": "Event",
        "type": "{name}.thing.happened",
        "field": "order_id: OrderId",
        "returned": "Happened",
    }
    return TYPE.format(**{**values, **changes})


def listener(**changes: str) -> str:
    values = {"listener": "mine", "events": "(OrderPlaced,)", "count": "1"}
    return LISTENER.format(**{**values, **changes})


WAYS = {
    "has_a_text": (event_type(field="name: Text = None"), "Text"),
    "has_a_float": (event_type(field="rate: float"), "“rate” of “has_a_float.thing.happened”"),
    "has_a_mapping": (event_type(field="more: dict"), "is a dict: an event has ids"),
    "has_any_object": (event_type(field="more: object"), "is a object: an event has ids"),
    "is_no_class": (event_type(returned="1"), "returned a int"),
    "is_no_event": (event_type(bases="object"), "is derived from Event alone"),
    "has_another_base": (event_type(bases="OrderPlaced"), "is derived from Event alone"),
    "is_not_decorated": (
        event_type().replace("@dataclass(frozen=True, kw_only=True)", ""),
        "is derived from Event alone",
    ),
    "has_a_short_type": (event_type(type="{name}.happened"), "needs plugin_type"),
    "has_the_type_of_another": (
        event_type(type="other.thing.happened"),
        "must begin with “has_the_type_of_another.”",
    ),
    "has_one_type_twice": (
        event_type(returned="Happened, Happened"),
        "clashes with another one of its own",
    ),
    "listens_to_nothing": (listener(events="()"), "names no events"),
    "listens_to_a_text": (listener(events="'order.paid'"), "names no events"),
    "listens_to_a_typing_error": (
        listener(events="['order.payed']"),
        "wants “order.payed”, and there is no such event type",
    ),
    "listens_to_everything": (listener(events="[Event]"), "an event of “mine” is a type"),
    "has_a_strange_name": (listener(listener="a b"), "the name of a listener is no code"),
    "has_two_of_a_name": (listener(count="2"), "its “mine” clashes with another one of its own"),
}


def write(folder: Path, name: str, code: str) -> EntryPoint:
    text = SOURCE.replace("{code}", code).replace("{name}", name)
    return write_module(folder, name, text)


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_wrong_event_type_or_listener_is_refused(
    manager: PluginManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code, reason = WAYS[name]
    manager.load([write(tmp_path, name, code), write(tmp_path, "sound", event_type() + listener())])
    assert list(manager.loaded) == ["sound"]
    (refusal,) = manager.refused
    assert reason in refusal.reason
    assert "\n" not in refusal.reason


def test_two_plugins_can_name_their_listeners_alike(
    manager: PluginManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    manager.load([write(tmp_path, name, listener()) for name in ("alike_one", "alike_two")])
    assert manager.refused == []
    assert len(list(manager.described("entrepot_listeners"))) == 2


def test_no_code_of_a_plugin_reads_its_events(
    manager: PluginManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code = event_type(field="order_id: OrderId\n    def __post_init__(self): raise SystemExit")
    manager.load([write(tmp_path, "checking", code)])
    ((_, kind, description),) = manager.described("entrepot_event_types")
    values = {"at": system.now(), "order_id": None}
    assert description.stored(**values).plugin_type == "checking.thing.happened"
    with pytest.raises(SystemExit):
        kind(**values)
