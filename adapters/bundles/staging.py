"""Records on their way into a bundle: what was told is not asked again after a kill."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec

from core.domain.privacy.records import Page, Record


@dataclass(frozen=True, slots=True)
class StagingArea:
    """One for each keeper, in a folder that nobody else can read, until the bundle is whole."""

    folder: Path

    def open(self, data_provider: str) -> "ExportStaging":
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return ExportStaging(self.folder / f"{data_provider}.jsonl")

    @classmethod
    def beside(cls, bundle: Path) -> Self:
        """For a bundle that is being written."""
        return cls(bundle.with_suffix(".parts"))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class ExportStaging:
    """Lines of records, and after each page a mark: how many bytes hold, and where to go on.

    What was written after the last mark was not told completely, and is written again.
    """

    def __init__(self, path: Path) -> None:
        self._mark = path.with_suffix(".mark")
        size, self.cursor, self.is_complete = 0, "", False
        if self._mark.exists():
            size, self.cursor, self.is_complete = msgspec.json.decode(self._mark.read_bytes())
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self._file.truncate(size)
        self._file.seek(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    async def add(self, page: Page[Record]) -> None:
        """A page that leads to where it began is the last one, too."""
        await asyncio.to_thread(self._add, page)

    def _add(self, page: Page[Record]) -> None:
        for record in page.items:
            line = (record.section, record.reference, dict(record.fields))
            self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.is_complete = not page.cursor or page.cursor == self.cursor
        self.cursor = page.cursor
        partial = self._mark.with_suffix(".next")
        partial.write_bytes(msgspec.json.encode((self._file.tell(), self.cursor, self.is_complete)))
        partial.replace(self._mark)

    def records(self) -> Iterator[Record]:
        self._file.seek(0)
        for line in self._file:
            section, reference, fields = _decoded(line)
            yield Record(section=section, reference=reference, fields=fields)


def _decoded(line: bytes) -> Any:
    return msgspec.json.decode(line)
