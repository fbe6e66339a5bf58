"""What the law of a jurisdiction wants, as data: each rule with its article.

Where several jurisdictions apply, the strictest rule wins, field by field.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.domain.privacy.inventory import Category
from core.domain.text import Text

CONSENT = "consent"
NEEDED = frozenset({"account", "age", "personalisation", "marketing"})
"""Purposes that the shop asks about by itself."""

WITHOUT_LEGITIMATE_INTEREST = "cn"
"""PIPL 13 has no such basis."""


class WorkingDay(Protocol):
    def __call__(self, day: date, /) -> bool:
        """Whether people work on that day in China, holidays and make-up days considered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Why something may be processed: a code such as ``contract`` or ``consent``."""

    code: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """``retention`` says in words how long; ``basis`` is by jurisdiction.

    ``uses`` are kinds of data that are there for another purpose.
    """

    code: str
    name: Text
    retention: Text
    basis: Mapping[str, Basis]
    uses: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """How long a record must be kept: ``years`` or ``days`` after ``since``.

    Years may begin with the end of the calendar year.
    """

    article: str
    years: int = 0
    days: int = 0
    from_year_end: bool = False

    def until(self, since: datetime) -> datetime:
        """When it may go.

        >>> rule = RetentionRule(article="", years=10, from_year_end=True)
        >>> rule.until(datetime(2026, 3, 1)).date()
        datetime.date(2037, 1, 1)
        """
        begin = since
        if self.from_year_end:
            begin = since.replace(
                year=since.year + 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0
            )
        return _add_months(begin, 12 * self.years) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """How long an answer may take: calendar months, working days in China, or hours."""

    article: str
    months: int = 0
    working_days: int = 0
    hours: int = 0

    def due(self, received: datetime, is_working_day: WorkingDay) -> datetime:
        at = _add_months(received, self.months) + timedelta(hours=self.hours)
        left = self.working_days
        while left:
            at += timedelta(days=1)
            left -= is_working_day(at.date())
        return at


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of every jurisdiction that a shop is under.

    ``version`` is the notice's, ``age_of_consent`` in years; ``home`` are the countries to which
    personal data may go without more ado. ``retention_rules`` and ``deadlines`` are
    by code and jurisdiction; whatever has ``legal_review`` is a proposal that a lawyer has to
    confirm.
    """

    version: str
    jurisdictions: tuple[str, ...]
    purposes: Mapping[str, Purpose]
    age_of_consent: int
    home: frozenset[str]
    retention_rules: Mapping[str, Mapping[str, RetentionRule]] = field(default_factory=dict)
    deadlines: Mapping[str, Mapping[str, Deadline]] = field(default_factory=dict)

    @property
    def consents(self) -> tuple[Purpose, ...]:
        """Purposes for which somebody has to be asked."""
        return tuple(
            purpose
            for purpose in self.purposes.values()
            if any(basis.code == CONSENT for basis in purpose.basis.values())
        )

    def keep_until(self, code: str, since: datetime) -> tuple[datetime, str]:
        """The latest end that any jurisdiction wants, and its article."""
        return max(
            (each.until(since), each.article) for each in self.retention_rules[code].values()
        )

    def due(
        self, kind: str, received: datetime, is_working_day: WorkingDay
    ) -> tuple[datetime, str]:
        """The earliest deadline of any jurisdiction, and its article."""
        return min(
            (each.due(received, is_working_day), each.article)
            for each in self.deadlines[kind].values()
        )


def parse_policy(notice: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> Policy:
    """From documents as TOML has them: the notice, and each jurisdiction's rules by its code.

    Raises:
        ValueError: a purpose without a basis somewhere, or with one that the law has not; a
            notice without a purpose that the shop has.
    """
    missing = sorted(NEEDED - set(notice["purposes"]))
    if missing:
        raise ValueError(f"The notice lacks the purposes {', '.join(missing)}.")
    return Policy(
        version=str(notice["version"]),
        jurisdictions=tuple(rules),
        age_of_consent=max(rule["age_of_consent"]["years"] for rule in rules.values()),
        home=frozenset.intersection(
            *(frozenset(rule["transfer"]["home"]) for rule in rules.values())
        ),
        purposes={
            code: Purpose(
                code=code,
                name=Text(document["name"]),
                retention=Text(document["retention"]),
                basis={where: _basis(code, where, rule) for where, rule in rules.items()},
                uses=tuple(Category(each) for each in document.get("uses", ())),
            )
            for code, document in notice["purposes"].items()
        },
        retention_rules=_by_code(rules, "keeping", RetentionRule),
        deadlines=_by_code(rules, "deadline", Deadline),
    )


def _basis(purpose: str, jurisdiction: str, rules: Mapping[str, Any]) -> Basis:
    known = rules["basis"].get(purpose)
    if known is None:
        raise ValueError(f"The purpose “{purpose}” has no basis in “{jurisdiction}”.")
    if jurisdiction == WITHOUT_LEGITIMATE_INTEREST and known["code"] == "legitimate_interest":
        raise ValueError(f"“{purpose}”: PIPL 13 has no legitimate interest.")
    return Basis(code=known["code"], article=known["article"])


def _by_code(
    rules: Mapping[str, Mapping[str, Any]], kind: str, rule: Callable[..., Any]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for where, document in rules.items():
        for code, values in document.get(kind, {}).items():
            found.setdefault(code, {})[where] = rule(**values)
    return found


def _add_months(at: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day.

    >>> _add_months(datetime(2026, 1, 31), 1).date()
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))
