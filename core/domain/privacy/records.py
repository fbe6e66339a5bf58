"""Records about a person: what they are, what is decided about them, and what is left of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from core.domain.identifiers import PersonId

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who is meant, resolved once and then frozen.

    ``contacts`` are e-mail addresses and mobile numbers in their normal form that are known to
    be theirs: a log-in that nobody has proven is none.
    """

    customers: frozenset[UUID] = frozenset()
    contacts: frozenset[str] = frozenset()

    def __or__(self, other: "Subject") -> "Subject":
        return Subject(
            customers=self.customers | other.customers, contacts=self.contacts | other.contacts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some of them, and where to go on: an empty ``cursor`` is the end."""

    items: tuple[Item, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """``section`` is the kind of record, ``fields`` what is known, as JSON has it."""

    section: str
    reference: str
    fields: Mapping[str, Any]


class Outcome(StrEnum):
    """``RETAIN`` keeps ``fields`` of a record, for a reason, and cuts them off the person."""

    ERASE = "erase"
    PSEUDONYMISE = "pseudonymise"
    RETAIN = "retain"
    REDACT = "redact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one record, and why. ``until`` is when a retained one goes.

    ``people`` are whose keys seal it now.
    """

    reference: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    reason: str = ""
    article: str = ""
    until: datetime | None = None
    people: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """Something of the person that is still there."""

    place: str
    count: int
