"""Time, and the names of new things: what the domain must be given.

Some of these have one shape. Each is a class of its own, so that an assembly by type never takes
one for another.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The current time."""

    def __call__(self) -> datetime:
        """The time now, timezone-aware UTC."""


class NewId(Protocol):
    def __call__(self) -> UUID:
        """A new UUIDv7: later ones sort after earlier ones."""


class NewToken(Protocol):
    def __call__(self) -> str:
        """A new secret of at least 128 random bits, safe in an address."""


class NewNumber(Protocol):
    def __call__(self) -> str:
        """A new number of 16 digits for people and gateways; it does not reveal volume."""
