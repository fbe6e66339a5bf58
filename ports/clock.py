"""Sources of time, identifiers and secrets.

Some protocols have the same signature. Each is a class of its own, because the assembly selects
adapters by type.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The current time."""

    def __call__(self) -> datetime:
        """Returns timezone-aware UTC."""


class NewId(Protocol):
    def __call__(self) -> UUID:
        """A new UUIDv7. Later ids sort after earlier ids."""


class NewToken(Protocol):
    def __call__(self) -> str:
        """A new secret of at least 128 random bits, URL-safe."""


class NewNumber(Protocol):
    def __call__(self) -> str:
        """A new number of 16 digits for people and gateways; it does not reveal volume."""
