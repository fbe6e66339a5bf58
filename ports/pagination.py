"""Which part of a long list is wanted, and what the part has."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """At most ``limit`` rows from ``cursor`` on; from the beginning if it is empty.

    A cursor is one that a `PageOf` of the same list and order had; any other one is `Rejected`.
    """

    limit: int
    cursor: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class PageOf(Generic[T]):
    """``next`` and ``previous`` are cursors; empty if there are no more rows that way."""

    rows: tuple[T, ...]
    next: str = ""
    previous: str = ""
