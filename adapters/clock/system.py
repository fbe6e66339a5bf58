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

    48 bits of milliseconds, 12 of the fraction of one, so that what one process makes in
    turn sorts in turn, then 62 random bits.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def new_number() -> str:
    """16 digits, the first not zero: 9 × 10¹⁵ of them, behind a unique key."""
    return str(secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)) + 10 ** (NUMBER_DIGITS - 1))
