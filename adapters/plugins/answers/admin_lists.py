"""The lists of admin pages: their description, and the pages of rows that they load."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from adapters.plugins.answers.admin_fields import FIELD_NAME, choices_of
from adapters.plugins.answers.checks import (
    MAX_COUNT,
    WrongAnswer,
    code_of,
    exactly,
    mapping_of,
    moment_of,
    names_of,
    number_of,
    text_of,
    tuple_of,
    words_of,
)
from core.domain.money import Money
from core.domain.text import Text
from ports.admin.listings import (
    Act,
    ActResult,
    Badge,
    CellValue,
    ChoiceFilter,
    Column,
    ColumnKind,
    DateRangeFilter,
    Link,
    Listing,
    ListingPage,
    ListingQuery,
    Row,
    SearchFilter,
    SortBy,
    Tone,
    YesNoFilter,
)

PATH = re.compile(r"/(?!/)[A-Za-z0-9._~/%#?=&+-]*")
MAX_COLUMNS = 30
MAX_FILTERS = 20
MAX_ACTS = 20
MAX_CELL = 2_000
MAX_CURSOR = 2_000
MAX_PATH = 500
PARAMETERS = {"cursor", "sort", "export", "done"}
FILTERS = {ChoiceFilter, SearchFilter, DateRangeFilter, YesNoFilter}


def listing_of(value: Any) -> Listing:
    listing = exactly(value, Listing, "the list")
    names_of(listing.title, "the title of a list")
    words_of(listing.empty, "the text of an empty list", most=MAX_CELL)
    exactly(listing.export, bool, "the export of a list")
    if listing.code:
        _name(listing.code, "the code of a list")
    columns = _named(listing.columns, "column", MAX_COLUMNS, _column)
    if not columns:
        raise WrongAnswer("a list has no column")
    for name in _named(listing.filters, "filter", MAX_FILTERS, _filter):
        if name in PARAMETERS:
            raise WrongAnswer(f"the name “{name}” of a filter is reserved")
    if listing.sort is not None and _sort(listing.sort).key not in columns:
        raise WrongAnswer("a list is sorted by an unknown column")
    acts_of(listing.acts, listing.act)
    called(listing.load, "the load of a list")
    return listing


def acts_of(value: Any, do: Any) -> tuple[Act, ...]:
    """The acts of a list or of a page, with the function that does them."""
    if _named(value, "act", MAX_ACTS, _act):
        called(do, "the act of a list or page")
    acts: tuple[Act, ...] = value
    return acts


def called(value: Any, what: str) -> None:
    if not callable(value):
        raise WrongAnswer(f"{what} is no function")


def page_of(value: Any, listing: Listing, query: ListingQuery) -> ListingPage:
    """A page of at most as many rows as the query asks for, with a cell for known columns."""
    page = exactly(value, ListingPage, "the page")
    kinds = {each.key: each.kind for each in listing.columns}
    acts = {each.code for each in listing.acts}
    rows = tuple(
        _row(each, kinds, acts) for each in tuple_of(page.rows, "the page", most=query.limit)
    )
    if len({each.key for each in rows}) < len(rows):
        raise WrongAnswer("two rows have one key")
    text_of(page.next, "the next cursor", most=MAX_CURSOR)
    if page.previous is not None:
        text_of(page.previous, "the previous cursor", most=MAX_CURSOR)
    if page.total is not None:
        number_of(page.total, "the total")
    return page


def act_result_of(value: Any) -> ActResult:
    result = exactly(value, ActResult, "the result of an act")
    exactly(result.done, bool, "the result of an act")
    words_of(result.message, "the message of an act", most=MAX_CELL)
    return result


def path_of(value: Any, what: str) -> str:
    """A path in the shop, that follows the language. It leads to no other site."""
    path = text_of(value, what, most=MAX_PATH)
    if not PATH.fullmatch(path):
        raise WrongAnswer(f"{what} is no path such as “/admin/orders/1”")
    return path


def cell_of(value: Any, kind: ColumnKind | None = None) -> CellValue:
    """A value of the type of its column; without a ``kind``, of any of them."""
    if value is None:
        return None
    for known, (types, check) in CELLS.items():
        if type(value) in types and kind in {None, known}:
            check(value)
            cell: CellValue = value
            return cell
    raise WrongAnswer(f"a cell is a {type(value).__name__}: its column has another type")


def _row(value: Any, kinds: Mapping[str, ColumnKind], acts: set[str]) -> Row:
    row = exactly(value, Row, "a row")
    code_of(row.key, "the key of a row")
    text_of(row.name, "the name of a row", most=MAX_CELL)
    if row.link:
        path_of(row.link, "the link of a row")
    for key, cell in mapping_of(row.cells, "the cells of a row", most=MAX_COLUMNS).items():
        if key not in kinds:
            raise WrongAnswer(f"a row has a cell for the unknown column “{key}”")
        cell_of(cell, kinds[key])
    if row.acts is not None and not set(exactly(row.acts, tuple, "the acts of a row")) <= acts:
        raise WrongAnswer("a row has an unknown act")
    return row


def _named(value: Any, what: str, most: int, check: Callable[[Any], str]) -> frozenset[str]:
    """The names of the parts, each once."""
    parts = exactly(value, tuple, f"the {what}s of a list")
    if len(parts) > most:
        raise WrongAnswer(f"a list has {len(parts)} {what}s and may have {most}")
    names = [check(each) for each in parts]
    if len(set(names)) < len(names):
        raise WrongAnswer(f"two {what}s of a list have one name")
    return frozenset(names)


def _name(value: Any, what: str) -> str:
    if not FIELD_NAME.fullmatch(exactly(value, str, what)):
        raise WrongAnswer(f"{what} has 1 to 50 lower-case letters, digits, _ and -")
    return str(value)


def _column(value: Any) -> str:
    column = exactly(value, Column, "a column")
    names_of(column.label, "the label of a column")
    exactly(column.kind, ColumnKind, "the kind of a column")
    exactly(column.sortable, bool, "a column")
    exactly(column.export, bool, "a column")
    return _name(column.key, "the key of a column")


def _filter(value: Any) -> str:
    if type(value) not in FILTERS:
        raise WrongAnswer(f"a filter is a {type(value).__name__} and none of entrepot.admin")
    names_of(value.label, "the label of a filter")
    if isinstance(value, ChoiceFilter):
        choices_of(value.choices, "a filter")
        words_of(value.any, "the label of a filter")
    return _name(value.name, "the name of a filter")


def _act(value: Any) -> str:
    act = exactly(value, Act, "an act")
    names_of(act.label, "the label of an act")
    exactly(act.dangerous, bool, "an act")
    exactly(act.bulk, bool, "an act")
    text_of(act.permission, "the permission of an act")
    words_of(act.warning, "the warning of an act", most=MAX_CELL)
    return _name(act.code, "the code of an act")


def _sort(value: Any) -> SortBy:
    sort = exactly(value, SortBy, "the order of a list")
    exactly(sort.descending, bool, "the order of a list")
    return sort


def _text(value: Any) -> None:
    if type(value) is str:
        text_of(value, "a cell", most=MAX_CELL)
    else:
        words_of(value, "a cell", most=MAX_CELL)


def _link(value: Link) -> None:
    text_of(value.label, "the label of a link", most=MAX_CELL, least=1)
    text_of(value.note, "the note of a link", most=MAX_CELL)
    path_of(value.path, "the path of a link")


def _badge(value: Badge) -> None:
    code_of(value.code, "the code of a badge")
    names_of(value.label, "the label of a badge")
    exactly(value.tone, Tone, "the tone of a badge")


def _amount(value: Money) -> None:
    number_of(value.minor, "an amount", least=-(10**13), most=10**13)
    exactly(value.currency, str, "an amount")


CELLS: Mapping[ColumnKind, tuple[set[type], Callable[[Any], Any]]] = {
    ColumnKind.TEXT: ({str, Text}, _text),
    ColumnKind.LINK: ({Link}, _link),
    ColumnKind.AMOUNT: ({Money}, _amount),
    ColumnKind.NUMBER: ({int}, lambda value: number_of(value, "a cell", least=-MAX_COUNT)),
    ColumnKind.MOMENT: ({datetime}, lambda value: moment_of(value, "a cell")),
    ColumnKind.DATE: ({date}, lambda value: value),
    ColumnKind.STATE: ({Badge}, _badge),
    ColumnKind.YES_NO: ({bool}, lambda value: value),
    ColumnKind.PICTURE: ({str}, lambda value: path_of(value, "a picture")),
}
