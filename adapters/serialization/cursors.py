"""Pagination cursors as base64url text, for use in addresses."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from ports.errors import Rejected

MAX_CURSOR_CHARACTERS = 300
MAX_DIGITS = 9


def write_cursor(*position: object) -> str:
    text = json.dumps([str(part) for part in position], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def whole_number(text: str) -> int:
    """Parse a number of at most 9 digits, which fits into an integer column."""
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        raise ValueError(text)
    return int(text)


def timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def read_cursor(cursor: str, kinds: Sequence[Callable[[str], Any]]) -> list[Any]:
    """Return the position in a cursor, one value per parser in ``kinds``.

    Raises:
        Rejected: `write_cursor` did not write the cursor.

    >>> read_cursor(write_cursor(7, "b"), (whole_number, str))
    [7, 'b']
    """
    try:
        parts = json.loads(
            urlsafe_b64decode(cursor[:MAX_CURSOR_CHARACTERS] + "=" * (-len(cursor) % 4))
        )
        if not all(isinstance(part, str) for part in parts):
            parts = ()
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise Rejected("the cursor is not valid") from error
