"""A list of the back office as data: columns, filters, rows and what can be done with them.

The web adapter renders it as a table, as cards on narrow screens, and as CSV. Filters, the order
and the cursor stand in the address, so a link leads to what a staff member sees.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from core.domain.money import Money
from core.domain.text import Text
from ports.admin.forms import NO_TEXT, Choice

PAGE_SIZE = 50
NO_RESULTS = Text(
    {
        "zh": "没有结果。请减少筛选条件或更换关键词。",
        "en": "No results. Use fewer filters or other keywords.",
    }
)


class ColumnKind(StrEnum):
    """How a cell is shown, and the type of its value. None is an empty cell."""

    TEXT = "text"  # str or Text
    LINK = "link"  # Link
    AMOUNT = "amount"  # Money
    NUMBER = "number"  # int
    MOMENT = "moment"  # datetime with a time zone
    DATE = "date"  # date
    STATE = "state"  # Badge
    YES_NO = "yes_no"  # bool
    PICTURE = "picture"  # str: an address that begins with "/"


class Tone(StrEnum):
    """The colour of a badge."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WAITING = "waiting"
    MOVING = "moving"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """``path`` follows the language: ``/admin/orders/1`` or ``/p/cup``. ``note`` stands below."""

    label: str
    path: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """``code`` is stable, for tests and programs; ``label`` is what staff read."""

    code: str
    label: Text
    tone: Tone = Tone.NEUTRAL


CellValue: TypeAlias = str | Text | Link | Badge | Money | int | bool | date | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``export``: it is part of the CSV file. Leave out what need not leave the shop."""

    key: str
    label: Text
    kind: ColumnKind = ColumnKind.TEXT
    sortable: bool = False
    export: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceFilter:
    """Its value is the `str` of a choice. ``any`` is the label of “no filter”, such as “All”."""

    name: str
    label: Text
    choices: tuple[Choice, ...]
    any: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilter:
    """Text search. Its value is a `str` of at most 300 characters, trimmed."""

    label: Text
    name: str = "q"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Both days belong to the range. None: without a limit."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRangeFilter:
    """Its value is a `DateRange`."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNoFilter:
    """Its value is a `bool`."""

    name: str
    label: Text


Filter: TypeAlias = ChoiceFilter | SearchFilter | DateRangeFilter | YesNoFilter
FilterValue: TypeAlias = str | bool | DateRange


@dataclass(frozen=True, slots=True)
class SortBy:
    """``key`` is that of a sortable column."""

    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that staff do with one thing, or with several: a button.

    ``dangerous``: the page asks once more, names the thing and shows ``warning``. ``bulk``: also
    for several rows at once. ``permission`` is a code; empty for that of the page.
    """

    code: str
    label: Text
    dangerous: bool = False
    bulk: bool = False
    permission: str = ""
    warning: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRequest:
    """Do the act ``code`` with the rows ``keys``. ``actor`` is an opaque name of a staff member."""

    code: str
    keys: tuple[str, ...]
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActResult:
    """``message`` is shown to staff. It may say that something was refused: ``done`` is false."""

    done: bool = True
    message: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``key`` is a code that names the row in acts; ``name`` is what staff call it.

    ``link`` leads to the page of the row; its form is that of `Link.path`. ``acts`` are the codes
    of the acts that are possible now; None for all.
    """

    key: str
    cells: Mapping[str, CellValue]
    name: str = ""
    link: str = ""
    acts: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingQuery:
    """``filters`` has the values that were given, by the names of their filters.

    ``cursor`` is one that `ListingPage` had, or empty. ``key`` is the thing on whose page the
    list stands; empty for a page of its own. ``language`` is that of the page.
    """

    filters: Mapping[str, FilterValue] = field(default_factory=dict)
    sort: SortBy | None = None
    cursor: str = ""
    limit: int = PAGE_SIZE
    key: str = ""
    language: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """``next`` and ``previous`` are cursors; empty if there is no such page.

    ``previous`` is None if the list cannot go back: then the page links to the first one.
    ``total`` counts the rows of all pages, if that is cheap.
    """

    rows: Sequence[Row]
    next: str = ""
    previous: str | None = None
    total: int | None = None


LoadRows: TypeAlias = Callable[[ListingQuery], Awaitable[ListingPage]]
DoAct: TypeAlias = Callable[[ActRequest], Awaitable[ActResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """``load`` returns one page. It is called again for each page of a CSV file.

    Each list of one page has another ``code``. ``sort`` is the order without a choice; None if the
    list has one order alone.
    """

    title: Text
    columns: tuple[Column, ...]
    load: LoadRows
    code: str = ""
    filters: tuple[Filter, ...] = ()
    sort: SortBy | None = None
    acts: tuple[Act, ...] = ()
    act: DoAct | None = None
    empty: Text = NO_RESULTS
    export: bool = True
