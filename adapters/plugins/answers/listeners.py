"""What a listener of events says about itself."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.checks import WrongAnswer, code_of, exactly
from adapters.plugins.answers.event_types import TYPE
from adapters.serialization.events import TYPES, type_of_kind
from core.domain.events import Event

MAX_EVENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerDescription:
    """``code`` is the name of the listener. ``types`` are the event types that it wants."""

    code: str
    types: frozenset[str]


def describe_listener(listener: Any) -> ListenerDescription:
    """Raises `WrongAnswer`."""
    code = code_of(listener.name, "the name of a listener")
    events = listener.events
    if not isinstance(events, Collection) or isinstance(events, str) or not events:
        raise WrongAnswer(f"“{code}” names no events")
    if len(events) > MAX_EVENTS:
        raise WrongAnswer(f"“{code}” names more than {MAX_EVENTS} events")
    return ListenerDescription(code=code, types=frozenset(_type(each, code) for each in events))


def _type(wanted: Any, code: str) -> str:
    """The type of an event class, or a type by its name, such as that of another plugin."""
    if isinstance(wanted, type) and issubclass(wanted, Event) and wanted is not Event:
        if wanted.internal:
            raise WrongAnswer(f"“{code}” wants {wanted.__name__}, which stays in the shop")
        return wanted.plugin_type or type_of_kind(wanted.__name__)
    name = exactly(wanted, str, f"an event of “{code}”")
    if name not in TYPES and not TYPE.fullmatch(name):
        raise WrongAnswer(f"“{code}” wants “{name[:60]}”, and there is no such event type")
    return name
