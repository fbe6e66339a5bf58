"""Converts events to JSON and back: their kind, and their fields as text.

The kind of an event of the shop is the name of its class, and that of a plugin's event its type.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import core.domain.payments.events  # noqa: F401 -- its events are subclasses of `Event` too
from core.domain.events import Event

WORDS = re.compile(r"[A-Z][a-z]+")
READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    bool: lambda text: text == "true",
    datetime: datetime.fromisoformat,
}
KINDS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in Event.__subclasses__() if kind.__module__.startswith("core.")
}
PLUGIN_KINDS: dict[str, type[Event]] = {}
"""The event types of the loaded plugins, by type. Their classes have no code of a plugin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Event):
    """A stored event that this process cannot read, with its payload.

    Its type is that of a newer version, or of a plugin that is not loaded.
    """

    internal: ClassVar[bool] = True
    kind: str
    payload: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_of_plugin(self) -> bool:
        return "." in self.kind


def add_plugin_kinds(kinds: Mapping[str, type[Event]]) -> None:
    """Let events of these types be read, listed and sent."""
    PLUGIN_KINDS.update(kinds)


def kind_of(event: Event) -> str:
    if isinstance(event, UnknownEvent):
        return event.kind
    return event.plugin_type or type(event).__name__


def type_of(event: Event) -> str:
    """Return the public type name, such as ``order.paid``.

    >>> type_of(Event(at=datetime.min))
    'event'
    """
    return type_of_kind(kind_of(event))


def type_of_kind(kind: str) -> str:
    """The public type name of a kind.

    >>> type_of_kind("OrderPaid"), type_of_kind("bonus.points.earned")
    ('order.paid', 'bonus.points.earned')
    """
    return kind if "." in kind else ".".join(WORDS.findall(kind)).lower()


def kind_named(type_name: str) -> str:
    """The kind of a public type name: the reverse of `type_of_kind`."""
    if type_name in PLUGIN_KINDS:
        return type_name
    return "".join(part.capitalize() for part in type_name.split("."))


def payload_of(event: Event) -> dict[str, str]:
    if isinstance(event, UnknownEvent):
        return dict(event.payload)
    return {name: _text(value) for name, value in asdict(event).items()}


def event_of(kind: str, payload: Mapping[str, str]) -> Event:
    return read_payload(PLUGIN_KINDS[kind] if kind in PLUGIN_KINDS else KINDS[kind], payload)


def read_payload(event_type: type[Event], payload: Mapping[str, str]) -> Event:
    read = {field.name: READERS.get(field.type, UUID) for field in fields(event_type)}
    values: dict[str, Any] = {name: read[name](value) for name, value in payload.items()}
    return event_type(**values)


def read_event(kind: str, payload: Mapping[str, str], at: datetime) -> Event:
    """Like `event_of`, but an event that cannot be read becomes an `UnknownEvent`.

    ``at`` is the time of the event.
    """
    try:
        return event_of(kind, payload)
    except (KeyError, TypeError, ValueError):
        return UnknownEvent(at=at, kind=kind, payload=payload)


def public_types() -> frozenset[str]:
    """The type names of all events that subscribers outside the shop can receive."""
    return TYPES | PLUGIN_KINDS.keys()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


TYPES = frozenset(type_of_kind(kind) for kind, event in KINDS.items() if not event.internal)
"""The public type names of the shop's own events."""
