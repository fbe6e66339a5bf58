"""Where a page ended, in a form that an address can carry."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from ports.errors import Rejected

LONGEST = 300
LONGEST_NUMBER = 9


def write_cursor(*position: object) -> str:
    text = json.dumps([str(part) for part in position], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def whole(text: str) -> int:
    """A number that a column can hold, and no other."""
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise ValueError(text)
    return int(text)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def read_cursor(cursor: str, kinds: Sequence[Callable[[str], Any]]) -> list[Any]:
    """The position, one value per kind.

    Raises:
        Rejected: it was not written by `write_cursor`.

    >>> read_cursor(write_cursor(7, "b"), (whole, str))
    [7, 'b']
    """
    try:
        parts = json.loads(urlsafe_b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4)))
        if not all(isinstance(part, str) for part in parts):
            parts = ()
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise Rejected("the cursor is not valid") from error
