"""Personal-data providers: the shop itself, and each plugin that stores personal data."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, ErasureFinding, Page, Record, Subject


@runtime_checkable
class Retention(Protocol):
    """A personal-data provider that retains records for a period."""

    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        """Destroy the records whose retention has ended.

        Returns the references that must be retained longer, each with its new end.
        """


@runtime_checkable
class Rectification(Protocol):
    """A personal-data provider with copies of names or log-ins."""

    async def rectify(self, subject: Subject, corrections: Mapping[str, str]) -> None:
        """Correct ``name`` and ``login``, an email address or a mobile number.

        Idempotent. Raises a `DomainError` for a value that is not possible.
        """


@runtime_checkable
class Restriction(Protocol):
    """A personal-data provider that uses its records for more than storage."""

    async def restrict(self, subject: Subject, *, restricted: bool) -> None:
        """Stop using the records of the person, or use them again. They are kept."""


@runtime_checkable
class KeyVerification(Protocol):
    """A personal-data provider that encrypts values with the shop's data keys."""

    async def verify_keys(self, data_key_ids: Collection[DataKeyId]) -> Sequence[ErasureFinding]:
        """Search for values that are encrypted with destroyed keys of the person."""


@runtime_checkable
class PersonalDataProvider(Protocol):
    """A personal-data provider: it stores records about people. ``code`` is stable.

    Results come in small pages. Use keyset pagination, not offsets: rows that are added or
    removed between two pages must not hide other rows.
    """

    @property
    def code(self) -> str: ...

    def inventory(self) -> Sequence[Field | Store]:
        """All fields and stores, with and without personal data.

        The shop asks once, at the start.
        """

    async def resolve(self, subject: Subject) -> Subject:
        """Add the identifiers that this provider knows for the same person."""

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        """The records of the person, without secrets and without data of other people."""

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        """The decision for each record. Changes nothing."""

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        """Carry out the decisions. Returns the references that are done.

        Idempotent by reference.
        """

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        """Search for data of the person that is left. It must not share code with `erase`."""
