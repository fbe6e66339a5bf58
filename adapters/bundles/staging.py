"""Stages exported records on disk, so that a killed export continues at its last page."""

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
    """A private folder (mode 0700) with one file per provider, until the bundle is complete."""

    folder: Path

    def open(self, data_provider: str) -> "ExportStaging":
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return ExportStaging(self.folder / f"{data_provider}.jsonl")

    @classmethod
    def beside(cls, bundle: Path) -> Self:
        """Return the staging area of a bundle that is not complete yet."""
        return cls(bundle.with_suffix(".parts"))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class ExportStaging:
    """Lines of records, and a mark file with the valid size in bytes and the next cursor.

    The mark is written after each page. Bytes after the mark belong to an incomplete page;
    opening the file truncates them.
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
        """Append a page. A page is the last one if it has no cursor, or the previous cursor."""
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
        size = os.fstat(self._file.fileno()).st_size
        partial.write_bytes(msgspec.json.encode((size, self.cursor, self.is_complete)))
        partial.replace(self._mark)

    def records(self) -> Iterator[Record]:
        self._file.seek(0)
        for line in self._file:
            section, reference, fields = _decoded(line)
            yield Record(section=section, reference=reference, fields=fields)


def _decoded(line: bytes) -> Any:
    return msgspec.json.decode(line)
