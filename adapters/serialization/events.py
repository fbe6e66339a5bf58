"""Converts events to JSON and back: their kind, and their fields as text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import core.domain.payments.events  # noqa: F401 -- its events are subclasses of `Event` too
from core.domain.events import Event

WORDS = re.compile(r"[A-Z][a-z]+")
READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    datetime: datetime.fromisoformat,
}
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Event):
    """A stored event that this version cannot read, such as one of a newer version."""

    internal: ClassVar[bool] = True
    kind: str


def kind_of(event: Event) -> str:
    return event.kind if isinstance(event, UnknownEvent) else type(event).__name__


def type_of(event: Event) -> str:
    """Return the public type name, such as ``order.paid``.

    >>> type_of(Event(at=datetime.min))
    'event'
    """
    return ".".join(part.lower() for part in WORDS.findall(kind_of(event)))


def payload_of(event: Event) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in asdict(event).items()
    }


def event_of(kind: str, payload: Mapping[str, str]) -> Event:
    read = {field.name: READERS.get(field.type, UUID) for field in fields(KINDS[kind])}
    values: dict[str, Any] = {name: read[name](value) for name, value in payload.items()}
    return KINDS[kind](**values)


def read_event(kind: str, payload: Mapping[str, str], at: datetime) -> Event:
    """Like `event_of`, but an event that cannot be read becomes an `UnknownEvent`.

    ``at`` is the time of the event.
    """
    try:
        return event_of(kind, payload)
    except (KeyError, TypeError, ValueError):
        return UnknownEvent(at=at, kind=kind)


TYPES = frozenset(
    ".".join(WORDS.findall(kind)).lower() for kind, event in KINDS.items() if not event.internal
)
"""The public type names of all events that subscribers outside the shop can receive."""
