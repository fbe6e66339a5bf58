"""Files of records that a reader can verify without the shop."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, Self

from core.domain.privacy.records import Page, Record

Records = AsyncIterator[tuple[str, Record]]
"""Records with the code of their keeper, section by section."""


@dataclass(slots=True, kw_only=True)
class Contents:
    """What a manifest says beside the files. ``omissions`` say what is left out, and why.

    ``inventory_hash`` is the SHA-256 of the record of processing at that time. ``failed`` may
    grow while the records are read.
    """

    request: str
    profile: str
    made_at: datetime
    subject_hash: str
    asked: Sequence[str]
    inventory_hash: str = ""
    failed: Sequence[str] = ()
    omissions: Sequence[Mapping[str, str]] = ()
    information: Mapping[str, Any] = field(default_factory=dict)


class Bundles(Protocol):
    async def write(self, path: Path, contents: Contents, records: Records) -> Path:
        """Write a signed file. It appears under ``path`` when it is complete, and not before."""


class StagedRecords(Protocol):
    """One keeper's records, kept until the bundle is complete: `cursor` is the next page."""

    cursor: str
    is_whole: bool

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    async def add(self, page: Page[Record]) -> None:
        """Keep a page, durably. A page whose cursor does not move is the last one, too."""

    def records(self) -> Iterator[Record]: ...


class Stage(Protocol):
    """The staged records of one bundle."""

    def open(self, data_provider: str) -> StagedRecords:
        """What was added before a run was killed is still there."""

    def remove(self) -> None: ...


class Staging(Protocol):
    def __call__(self, bundle: Path, /) -> Stage:
        """The stage beside a bundle that is being written."""
