"""Cells that several lists have: badges with their colours, periods and choices."""

from collections.abc import Iterable
from datetime import date, datetime

from adapters.web.formatting import moment
from adapters.web.language import translator
from adapters.web.names import name_text
from core.domain.money import Money
from ports.admin.forms import Choice
from ports.admin.listings import Badge, CellValue, ColumnKind, Link, Tone

TONES = {
    "placed": Tone.WAITING,
    "requested": Tone.WAITING,
    "planned": Tone.WAITING,
    "blocked": Tone.WAITING,
    "paid": Tone.GOOD,
    "published": Tone.GOOD,
    "delivered": Tone.GOOD,
    "active": Tone.GOOD,
    "running": Tone.GOOD,
    "completed": Tone.GOOD,
    "refunded": Tone.GOOD,
    "partly_shipped": Tone.MOVING,
    "shipped": Tone.MOVING,
    "scheduled": Tone.MOVING,
    "cancelled": Tone.BAD,
    "failed": Tone.BAD,
    "refused": Tone.BAD,
    "incomplete": Tone.BAD,
}


KINDS: dict[type, ColumnKind] = {
    Link: ColumnKind.LINK,
    Badge: ColumnKind.STATE,
    Money: ColumnKind.AMOUNT,
    bool: ColumnKind.YES_NO,
    int: ColumnKind.NUMBER,
    datetime: ColumnKind.MOMENT,
    date: ColumnKind.DATE,
}


def kind_of(value: CellValue) -> ColumnKind:
    """How a value outside of a list is shown."""
    return KINDS.get(type(value), ColumnKind.TEXT)


def badge(kind: str, code: str) -> Badge:
    """``kind`` is one of `adapters.web.names`."""
    return Badge(code=str(code), label=name_text(kind, code), tone=TONES.get(code, Tone.NEUTRAL))


def choices(kind: str, codes: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(str(each), name_text(kind, each)) for each in codes)


def period(starts_at: datetime | None, ends_at: datetime | None, language: str) -> str:
    if starts_at is None and ends_at is None:
        return translator(language)("Any time")
    begin, end = (moment(each, language) if each else "…" for each in (starts_at, ends_at))
    return f"{begin} – {end}"
