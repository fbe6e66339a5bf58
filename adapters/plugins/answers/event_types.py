"""What a plugin says about its event types, and the values of its events.

The shop keeps a class of its own for each type, made from the declared fields. So no code of a
plugin runs when the shop reads a stored event.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, make_dataclass
from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID

from adapters.plugins.answers.checks import WrongAnswer, exactly, id_of, moment_of
from core.domain.events import Event

TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[a-z][a-z0-9_]*){2,3}")
MAX_TYPE = 120
MAX_FIELDS = 30
LARGEST_NUMBER = 2**63
SHORT_CODE = re.compile(r"(?!(?:86)?1[3-9][0-9]{9}$)[A-Za-z0-9][A-Za-z0-9._:-]{0,63}|")
"""A code such as that of a level. It is no mobile number, no address and no name."""

ALLOWED = (UUID, int, bool, datetime, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTypeDescription:
    """``code`` is the type. ``stored`` is the class with which the shop reads the events."""

    code: str
    stored: type[Event]


def describe_event_type(kind: Any) -> EventTypeDescription:
    """Raises `WrongAnswer` for a class that is no event type."""
    # A class that is not decorated inherits the fields of `Event` alone.
    if kind.__bases__ != (Event,) or "__dataclass_fields__" not in vars(kind):
        raise WrongAnswer("an event type is a dataclass that is derived from Event alone")
    code = exactly(getattr(kind, "plugin_type", None), str, "plugin_type")
    if len(code) > MAX_TYPE or not TYPE.fullmatch(code):
        raise WrongAnswer(f"{kind.__name__} needs plugin_type, such as “my_plugin.thing.happened”")
    hints = get_type_hints(kind)
    declared = {each.name: _value_type(hints[each.name]) for each in fields(kind)}
    if len(declared) > MAX_FIELDS:
        raise WrongAnswer(f"“{code}” has more than {MAX_FIELDS} fields")
    for name, value_type in declared.items():
        if value_type not in ALLOWED:
            raise WrongAnswer(
                f"“{name}” of “{code}” is a {getattr(value_type, '__name__', value_type)}:"
                " an event has ids, whole numbers, times, booleans and short codes"
            )
    own = [(name, value_type) for name, value_type in declared.items() if name != "at"]
    stored = make_dataclass(
        kind.__name__,
        own,
        bases=(Event,),
        namespace={"plugin_type": code},
        frozen=True,
        kw_only=True,
    )
    return EventTypeDescription(code=code, stored=stored)


def event_values(event: Any, stored: type[Event]) -> Mapping[str, Any]:
    """The checked values of a plugin's event. Raises `WrongAnswer`."""
    return {
        each.name: _value(getattr(event, each.name, None), each.type, each.name)
        for each in fields(stored)
    }


def own_event(event: Event, own: Mapping[str, type[Event]]) -> Event:
    """The event as the class with which its plugin declared it; others stay as they are.

    Called in the thread of the plugin.
    """
    kind = own.get(event.plugin_type)
    if kind is None:
        return event
    return kind(**{each.name: getattr(event, each.name) for each in fields(event)})


def _value_type(hint: Any) -> Any:
    """The type of the values of a field: that below a `NewType`, such as an id."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    return hint


def _value(value: Any, declared: Any, name: str) -> Any:
    if declared is UUID:
        return id_of(value, name)
    if declared is datetime:
        return moment_of(value, name)
    if declared is str:
        if not SHORT_CODE.fullmatch(exactly(value, str, name)):
            raise WrongAnswer(f"{name} is no short code of letters, digits and . _ : -")
        return value
    if declared is int and not -LARGEST_NUMBER < exactly(value, int, name) < LARGEST_NUMBER:
        raise WrongAnswer(f"{name} is too large")
    return exactly(value, declared, name)
