"""Time, and the names of new things: whatever the domain must be given."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Clock = Callable[[], datetime]
"""The time now, timezone-aware UTC."""

NewId = Callable[[], UUID]
"""A new UUIDv7: later ones sort after earlier ones."""

NewToken = Callable[[], str]
"""A new secret of at least 128 random bits, safe in an address."""

NewNumber = Callable[[], str]
"""A new number of 16 digits for people and gateways; it does not tell how many came before."""
