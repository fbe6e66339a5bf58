"""One page of a list: from a query with a cursor, or cut out of a short list in memory."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from core.domain.money import Money
from core.domain.text import Text
from ports.admin.listings import Badge, CellValue, Link, ListingPage, ListingQuery, Row
from ports.pagination import PageOf, Slice

T = TypeVar("T")


def slice_of(query: ListingQuery) -> Slice:
    descending = query.sort is not None and query.sort.descending
    return Slice(limit=query.limit, cursor=query.cursor, descending=descending)


def rows_of(page: PageOf[T], row: Callable[[T], Row]) -> ListingPage:
    return ListingPage(
        rows=tuple(row(each) for each in page.rows), next=page.next, previous=page.previous
    )


def cut_out(rows: Sequence[Row], query: ListingQuery) -> ListingPage:
    """Sort and cut a list that is short enough to be loaded whole. The cursor is a position."""
    key = query.sort.key if query.sort else ""
    if key:
        rows = sorted(
            rows,
            key=lambda row: _sortable(row.cells.get(key), query.language),
            reverse=query.sort is not None and query.sort.descending,
        )
    begin = int(query.cursor) if query.cursor.isdecimal() and len(query.cursor) < 10 else 0  # noqa: PLR2004
    end = begin + query.limit
    return ListingPage(
        rows=rows[begin:end],
        next=str(end) if end < len(rows) else "",
        previous=str(max(begin - query.limit, 0)) if begin else "",
        total=len(rows),
    )


def _sortable(value: CellValue, language: str) -> tuple[bool, str | float]:
    """Empty cells first."""
    match value:
        case None:
            return False, ""
        case int():
            return True, float(value)
        case Money(minor=minor):
            return True, float(minor)
        case Link(label=label):
            return True, label
        case Badge(label=label) | (Text() as label):
            return True, label.in_language(language)
    return True, str(value)
