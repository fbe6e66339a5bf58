"""Names for new things, and the time."""

import os
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

NUMBER_DIGITS = 16


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds << 80) | random
    value = value & ~(0xF << 76) | (7 << 76)
    value = value & ~(0x3 << 62) | (2 << 62)
    return UUID(int=value)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def new_number() -> str:
    """16 digits, the first not zero: 9 × 10¹⁵ of them, behind a unique key."""
    return str(secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)) + 10 ** (NUMBER_DIGITS - 1))
