"""What the handler of a page tells the outer app about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, cast

PAGE_NOTE = "entrepot.page_note"
"""Key in the scope of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNote:
    """``policy`` replaces the Content-Security-Policy, if it is not empty.

    The page cache keeps a shared page for at most ``seconds``.
    """

    policy: str = ""
    seconds: float = inf


NO_NOTE = PageNote()


def note_page(scope: Any, note: PageNote) -> None:
    cast("dict[str, Any]", scope)[PAGE_NOTE] = note


def note_of(scope: Mapping[str, Any]) -> PageNote:
    note = scope.get(PAGE_NOTE, NO_NOTE)
    return note if isinstance(note, PageNote) else NO_NOTE
