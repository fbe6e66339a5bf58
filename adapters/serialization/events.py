"""Converts events to JSON and back: their kind, and their fields as text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.events import Event

WORDS = re.compile(r"[A-Z][a-z]+")
READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    datetime: datetime.fromisoformat,
}
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


def kind_of(event: Event) -> str:
    return type(event).__name__


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


TYPES = frozenset(
    ".".join(WORDS.findall(kind)).lower() for kind, event in KINDS.items() if not event.internal
)
"""The public type names of all events that subscribers outside the shop can receive."""
