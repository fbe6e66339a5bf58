"""Privacy law as data: the rules of each jurisdiction with their articles.

If several jurisdictions apply, the strictest rule wins for each field.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.domain.privacy.inventory import Category
from core.domain.text import Text

CONSENT = "consent"
REQUIRED_PURPOSES = frozenset({"account", "age", "personalisation", "marketing"})
"""Purposes that the shop itself uses. A privacy notice must have them."""

WITHOUT_LEGITIMATE_INTEREST = "cn"
"""PIPL 13 has no legitimate interest."""


class WorkingDay(Protocol):
    def __call__(self, day: date, /) -> bool:
        """True for a working day in China, with public holidays and make-up days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A legal basis of processing. ``code`` is such as ``contract`` or ``consent``."""

    code: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A purpose of processing. ``retention`` is a text; ``basis`` is by jurisdiction.

    ``uses`` are categories of data that were collected for another purpose.
    """

    code: str
    name: Text
    retention: Text
    basis: Mapping[str, Basis]
    uses: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """The retention of a record: ``years`` and ``days`` after an event.

    With ``from_year_end``, the period begins at the end of the calendar year.
    """

    article: str
    years: int = 0
    days: int = 0
    from_year_end: bool = False

    def until(self, since: datetime) -> datetime:
        """The end of the retention.

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
    """The time for a response: calendar months, hours, and working days in China."""

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
    """The combined rules of all jurisdictions of a shop.

    ``version`` is the version of the notice. ``age_of_consent`` is in years. ``home`` has the
    countries that can receive personal data without safeguards. ``retention_rules`` and
    ``deadlines`` are by code, then by jurisdiction. Rules with ``legal_review`` in the policy
    files are proposals that a lawyer must confirm.
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
        """Purposes that need a consent in any jurisdiction."""
        return tuple(
            purpose
            for purpose in self.purposes.values()
            if any(basis.code == CONSENT for basis in purpose.basis.values())
        )

    def keep_until(self, code: str, since: datetime) -> tuple[datetime, str]:
        """The latest end of retention of all jurisdictions, and its article."""
        return max(
            (each.until(since), each.article) for each in self.retention_rules[code].values()
        )

    def due(
        self, kind: str, received: datetime, is_working_day: WorkingDay
    ) -> tuple[datetime, str]:
        """The earliest deadline of all jurisdictions, and its article."""
        return min(
            (each.due(received, is_working_day), each.article)
            for each in self.deadlines[kind].values()
        )


def parse_policy(notice: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> Policy:
    """Build a policy from parsed TOML: the notice, and the rules by jurisdiction.

    Raises:
        ValueError: a purpose has no basis in a jurisdiction, or one that its law does not
            have; or the notice lacks one of `REQUIRED_PURPOSES`.
    """
    missing = sorted(REQUIRED_PURPOSES - set(notice["purposes"]))
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
                basis={
                    jurisdiction: _basis(code, jurisdiction, rule)
                    for jurisdiction, rule in rules.items()
                },
                uses=tuple(Category(each) for each in document.get("uses", ())),
            )
            for code, document in notice["purposes"].items()
        },
        retention_rules=_by_code(rules, "keeping", RetentionRule),
        deadlines=_by_code(rules, "deadline", Deadline),
    )


def _basis(purpose: str, jurisdiction: str, rules: Mapping[str, Any]) -> Basis:
    basis = rules["basis"].get(purpose)
    if basis is None:
        raise ValueError(f"The purpose “{purpose}” has no basis in “{jurisdiction}”.")
    if jurisdiction == WITHOUT_LEGITIMATE_INTEREST and basis["code"] == "legitimate_interest":
        raise ValueError(f"“{purpose}”: PIPL 13 has no legitimate interest.")
    return Basis(code=basis["code"], article=basis["article"])


def _by_code(
    rules: Mapping[str, Mapping[str, Any]], kind: str, rule: Callable[..., Any]
) -> dict[str, dict[str, Any]]:
    by_code: dict[str, dict[str, Any]] = {}
    for jurisdiction, document in rules.items():
        for code, values in document.get(kind, {}).items():
            by_code.setdefault(code, {})[jurisdiction] = rule(**values)
    return by_code


def _add_months(at: datetime, months: int) -> datetime:
    """The same day of a later month, or the last day of that month.

    >>> _add_months(datetime(2026, 1, 31), 1).date()
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))
