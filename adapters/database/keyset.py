"""Keyset pagination in both directions: a page costs the same wherever it is in the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Row, Select, literal, tuple_

from adapters.serialization.cursors import read_cursor, write_cursor
from ports.pagination import Slice

AFTER, BEFORE = "after", "before"


@dataclass(frozen=True, slots=True)
class Keyset:
    """``columns`` are the order of the list, and together unique. ``parsers`` read their texts."""

    columns: Sequence[Column[Any]]
    parsers: Sequence[Callable[[str], Any]]

    def select(self, statement: Select[Any], part: Slice) -> Select[Any]:
        """One row more than wanted, so that `page` knows whether there is another page.

        Raises:
            Rejected: the cursor is malformed.
        """
        going_back, position = self._read(part.cursor)
        descending = part.descending is not going_back
        if position:
            here = tuple_(*self.columns)
            there = tuple_(
                *(
                    literal(value, column.type)
                    for value, column in zip(position, self.columns, strict=True)
                )
            )
            statement = statement.where(here < there if descending else here > there)
        order = [each.desc() if descending else each for each in self.columns]
        return statement.order_by(*order).limit(part.limit + 1)

    def page(self, rows: Sequence[Row[Any]], part: Slice) -> tuple[list[Row[Any]], str, str]:
        """The rows in the order of the list, and the cursors of the next and previous page."""
        going_back, position = self._read(part.cursor)
        has_more = len(rows) > part.limit
        shown = list(rows[: part.limit])
        if going_back:
            shown.reverse()
        if not shown:
            return [], "", ""
        has_next = has_more or going_back
        has_previous = has_more if going_back else bool(position)
        return (
            shown,
            self._cursor(AFTER, shown[-1]) if has_next else "",
            self._cursor(BEFORE, shown[0]) if has_previous else "",
        )

    def _read(self, cursor: str) -> tuple[bool, list[Any]]:
        if not cursor:
            return False, []
        direction, *position = read_cursor(cursor, (_direction, *self.parsers))
        return direction == BEFORE, position

    def _cursor(self, direction: str, row: Row[Any]) -> str:
        values = [getattr(row, column.name) for column in self.columns]
        return write_cursor(direction, *values)


def _direction(text: str) -> str:
    if text not in {AFTER, BEFORE}:
        raise ValueError(text)
    return text
