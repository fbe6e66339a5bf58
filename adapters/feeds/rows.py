"""Reads the rows of a delimited file, each with its line number."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from core.application.catalogue.feed_files import UnreadableFile

ENCODINGS = ("utf-8-sig", "gb18030")
MAX_CELL_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` is the line number in the file, from 1. The names of ``cells`` are lower case."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def read_text(path: Path) -> str:
    """Decode a file: UTF-8 with or without BOM, or GBK, which Chinese Excel writes.

    Raises:
        UnreadableFile: the file is empty, binary, or in another encoding.
    """
    content = path.read_bytes()
    if not content.removeprefix(BOM_UTF8).strip():
        raise UnreadableFile(f"{path.name} is empty. Export it again.")
    if b"\0" in content:
        raise UnreadableFile(f"{path.name} is not a text file. Export it as CSV or TSV.")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(f"{path.name} is neither UTF-8 nor GBK. Save it as UTF-8.")


def read_rows(text: str, delimiter: str) -> tuple[list[str], Iterator[Row]]:
    """Return the header, and the rows that are not blank.

    Raises:
        UnreadableFile: a column name is in the header twice.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader)]
    folded = [name.lower() for name in header]
    duplicates = sorted({name for name in folded if name and folded.count(name) > 1})
    if duplicates:
        raise UnreadableFile(f"The column “{duplicates[0]}” is in the header twice.")
    return header, _rows(reader, folded)


def _rows(reader: "csv.Reader", names: Sequence[str]) -> Iterator[Row]:  # type: ignore[name-defined]
    line = reader.line_num + 1
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(f"Line {line} cannot be read: {error}.") from error
        if any(value.strip() for value in values):
            cells = dict(zip(names, (value.strip() for value in values), strict=False))
            yield Row(line, cells)
        line = reader.line_num + 1


def category_path(text: str) -> tuple[str, ...]:
    """Return the names of ``Home > Lighting > Lamps``, the root first."""
    return tuple(part.strip() for part in text.split(">") if part.strip())
