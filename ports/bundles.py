"""Bundles: signed files of records. A reader verifies them without the shop."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, Self

from core.domain.privacy.records import Page, Record

Records = AsyncIterator[tuple[str, Record]]
"""Records with the code of their data provider, section by section."""


@dataclass(slots=True, kw_only=True)
class Contents:
    """The fields of a manifest. ``omissions`` lists the data that is left out, with reasons.

    ``requested`` has the codes of all data providers, ``failed`` of those without an answer;
    ``failed`` can grow while the records are read. ``inventory_hash`` is the SHA-256 of the
    record of processing at that time.
    """

    request: str
    profile: str
    made_at: datetime
    subject_hash: str
    requested: Sequence[str]
    inventory_hash: str = ""
    failed: Sequence[str] = ()
    omissions: Sequence[Mapping[str, str]] = ()
    information: Mapping[str, Any] = field(default_factory=dict)


class Bundles(Protocol):
    async def write(self, path: Path, contents: Contents, records: Records) -> Path:
        """Write a signed file. Atomic: ``path`` exists only after the file is complete."""


class StagedRecords(Protocol):
    """The staged records of one data provider.

    ``cursor`` is the next page; ``is_complete`` is true after the last page.
    """

    cursor: str
    is_complete: bool

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    async def add(self, page: Page[Record]) -> None:
        """Store a page durably. A page that repeats the current cursor is also the last one."""

    def records(self) -> Iterator[Record]: ...


class Stage(Protocol):
    """The staged records of one bundle."""

    def open(self, data_provider: str) -> StagedRecords:
        """Open or resume: pages that an interrupted run added are still there."""

    def remove(self) -> None: ...


class Staging(Protocol):
    def __call__(self, bundle: Path, /) -> Stage:
        """The stage beside a bundle that is being written."""
