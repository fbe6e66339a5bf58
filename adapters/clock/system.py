"""The system clock, and random identifiers, tokens and numbers."""

import os
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

NUMBER_DIGITS = 16


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7 and §6.2, method 3).

    48 bits of milliseconds, 12 bits of their fraction, and 62 random bits: ids of one process
    sort by the time of their creation.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def new_number() -> str:
    """Return 16 random digits, the first not zero. A unique key refuses a collision."""
    return str(secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)) + 10 ** (NUMBER_DIGITS - 1))
