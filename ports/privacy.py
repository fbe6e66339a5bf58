"""Whoever keeps records about people: the shop itself, and each plugin that does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, Page, Record, Residue, Subject


@runtime_checkable
class Retention(Protocol):
    """A keeper that retains some records for a time."""

    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        """Destroy what need not be retained any longer.

        The answer has the references that must stay, each with its new end.
        """


@runtime_checkable
class Rectification(Protocol):
    """A keeper that has copies of names or log-ins."""

    async def rectify(self, subject: Subject, corrections: Mapping[str, str]) -> None:
        """Put them right: ``name`` and ``login``, an e-mail address or a mobile number.

        Idempotent. Raises a `DomainError` for what cannot be.
        """


@runtime_checkable
class Restriction(Protocol):
    """A keeper that uses records for more than keeping them."""

    async def restrict(self, subject: Subject, *, restricted: bool) -> None:
        """Keep the person's records and do nothing else with them; or use them again."""


@runtime_checkable
class RecordKeeper(Protocol):
    """Answers for the records that it keeps about people. ``code`` is stable.

    Every page is small, and what a page has not is on the next one: pages go by key, never by
    offset, so that rows which come and go between two pages cost none of the others.
    """

    @property
    def code(self) -> str: ...

    def inventory(self) -> Sequence[Field | Store]:
        """Every field and store, personal or not."""

    async def resolve(self, subject: Subject) -> Subject:
        """The subject, with whatever else is known here to mean the same person."""

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        """What is known of the person, without secrets and without other people's data."""

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        """What would become of each record. Nothing is changed."""

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        """Carry decisions out; the references that are done.

        Idempotent by reference: what was done before is done.
        """

    async def verify(self, subject: Subject) -> Sequence[Residue]:
        """What is still there, found in another way than by what `erase` changed."""
