"""Records about a person, and the decisions and findings of an erasure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from core.domain.identifiers import DataKeyId

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person of a privacy request: all known identifiers.

    The identifiers are resolved once and then fixed.

    ``contacts`` are verified email addresses and mobile numbers in normal form. An
    unverified log-in is not one of them.
    """

    customers: frozenset[UUID] = frozenset()
    contacts: frozenset[str] = frozenset()

    def __or__(self, other: "Subject") -> "Subject":
        return Subject(
            customers=self.customers | other.customers, contacts=self.contacts | other.contacts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """One page of a list. An empty ``cursor`` means that it is the last."""

    items: tuple[Item, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record about a person. ``section`` is its kind; ``fields`` are JSON values."""

    section: str
    reference: str
    fields: Mapping[str, Any]


class Outcome(StrEnum):
    """What happens to a record. ``RETAIN`` keeps some ``fields`` without a link to the person."""

    ERASE = "erase"
    PSEUDONYMISE = "pseudonymise"
    RETAIN = "retain"
    REDACT = "redact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome for one record and its reason. ``until`` is the end of a retention.

    ``data_key_ids`` are the data keys that encrypt the record now.
    """

    reference: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    reason: str = ""
    article: str = ""
    until: datetime | None = None
    data_key_ids: tuple[DataKeyId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureFinding:
    """Data of the person that an erasure left. ``count`` is the number of rows."""

    place: str
    count: int
