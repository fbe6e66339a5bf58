"""A list as a CSV file, page by page. No cell can become a formula."""

import csv
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from io import StringIO

from litestar.response import Stream

from adapters.web.formatting import moment
from adapters.web.language import translator
from core.domain.money import Money
from core.domain.text import Text
from ports.admin.listings import Badge, CellValue, Column, ColumnKind, Link, Listing, ListingQuery
from ports.errors import Rejected

BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets read a file as UTF-8 with it."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
FILE_PAGE_SIZE = 500
MAX_ROWS = 1_000_000


def csv_file(listing: Listing, query: ListingQuery, name: str) -> Stream:
    """All pages of the list with the filters and the order of ``query``."""
    return Stream(
        _lines(listing, query),
        media_type="text/csv",
        headers={
            "content-disposition": f'attachment; filename="{name}.csv"',
            "cache-control": "private, no-store",
        },
    )


def harmless(text: str) -> str:
    """The text with an apostrophe before it, if a spreadsheet would calculate it.

    >>> harmless("=1+1"), harmless("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(FORMULA) else text


async def _lines(listing: Listing, query: ListingQuery) -> AsyncIterator[str]:
    """An error ends the connection, so that half a file does not look whole."""
    columns = [each for each in listing.columns if each.export]
    language = query.language
    yield BYTE_ORDER_MARK + _line(
        name for column in columns for name in _headings(column, language)
    )
    cursor, seen, count = "", {""}, 0
    while True:
        page = await listing.load(_page(query, cursor))
        for row in page.rows:
            yield _line(
                text
                for column in columns
                for text in _texts(column, row.cells.get(column.key), language)
            )
        cursor, count = page.next, count + len(page.rows)
        if not cursor:
            return
        if cursor in seen or count > MAX_ROWS:
            raise Rejected("the list does not end")
        seen.add(cursor)


def _page(query: ListingQuery, cursor: str) -> ListingQuery:
    return ListingQuery(
        filters=query.filters,
        sort=query.sort,
        cursor=cursor,
        limit=FILE_PAGE_SIZE,
        key=query.key,
        language=query.language,
    )


def _line(texts: Iterator[str]) -> str:
    file = StringIO()
    csv.writer(file).writerow(texts)
    return file.getvalue()


def _headings(column: Column, language: str) -> Iterator[str]:
    label = harmless(column.label.in_language(language))
    yield label
    if column.kind is ColumnKind.AMOUNT:
        yield f"{label} ({translator(language)('Currency')})"


def _texts(column: Column, value: CellValue, language: str) -> Iterator[str]:
    """One text; an amount has its currency in a column of its own."""
    if column.kind is ColumnKind.AMOUNT:
        yield str(value.decimal) if isinstance(value, Money) else ""
        yield value.currency if isinstance(value, Money) else ""
    else:
        yield _text(value, language)


def _text(value: CellValue, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return translator(language)("Yes" if value else "No")
    if isinstance(value, int | date) and not isinstance(value, datetime):
        return str(value)
    if isinstance(value, datetime):
        return moment(value, language)
    return harmless(_words(value, language))


def _words(value: str | Text | Link | Badge | Money, language: str) -> str:
    match value:
        case Link(label=text):
            return text
        case Badge(label=label) | (Text() as label):
            return label.in_language(language)
    return str(value)
