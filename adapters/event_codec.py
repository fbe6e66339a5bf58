"""Events as JSON: their kind, and their fields as texts."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.events import Event

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


def kind_of(event: Event) -> str:
    return type(event).__name__


def payload_of(event: Event) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in asdict(event).items()
    }


def event_of(kind: str, payload: Mapping[str, str]) -> Event:
    values: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name == "at" else UUID(value)
        for name, value in payload.items()
    }
    return KINDS[kind](**values)
