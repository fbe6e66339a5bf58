"""Reads the rows of a delimited file, each with its line number."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from core.application.catalogue.feed_files import UnreadableFile
from core.application.catalogue.feeds import RowNote
from core.domain.errors import Invalid

DELIMITERS = (",", "\t", ";", "|")
EXCEL_DELIMITER = re.compile(r'\s*"?sep=(?P<mark>.)"?\s*', re.IGNORECASE)
"""Excel writes and reads this line before the header."""

MAX_CELL_CHARACTERS = 2_000_000
SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` is the line number in the file, from 1. The names of ``cells`` are lower case.

    ``problem`` says why the row cannot be read.
    """

    line: int
    cells: dict[str, str]
    problem: str = ""

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def check(self) -> None:
        """Raises `Invalid` if the row cannot be read."""
        if self.problem:
            raise Invalid("row", self.problem)


@dataclass(frozen=True, slots=True)
class Table:
    """A file with its header. ``line`` is the line of the header."""

    line: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[RowNote, ...]


def read_table(text: str, is_known: Callable[[Sequence[str]], bool]) -> Table | None:
    """Read with the delimiter with which ``is_known`` knows the header; None if with none.

    Raises:
        UnreadableFile: a column name is in the header twice, or a quotation mark is not closed.
    """
    for delimiter in DELIMITERS:
        records = _records(text, delimiter)
        line, header = _header(records, delimiter)
        if is_known(header):
            return _table(line, header, records)
    return None


def first_cells(text: str) -> str:
    """The beginning of a header, for a message."""
    return next(iter(text.strip().splitlines()), "")[:SHOWN_CHARACTERS]


def category_path(text: str) -> tuple[str, ...]:
    """Return the names of ``Home > Lighting > Lamps``, the root first."""
    return tuple(part.strip() for part in text.split(">") if part.strip())


def _header(records: Iterator[tuple[int, list[str]]], delimiter: str) -> tuple[int, list[str]]:
    """Empty if there is none with this delimiter."""
    try:
        line, header = next(records, (0, []))
        if EXCEL_DELIMITER.fullmatch(delimiter.join(header)):
            line, header = next(records, (0, []))
    except UnreadableFile:
        return 0, []
    return line, header


def _table(line: int, header: Sequence[str], records: Iterator[tuple[int, list[str]]]) -> Table:
    folded = [name.lower() for name in header]
    duplicates = sorted({name for name in folded if name and folded.count(name) > 1})
    if duplicates:
        raise UnreadableFile(f"The column “{duplicates[0]}” is in the header twice.")
    rows, notes = [], []
    for at, values in records:
        rows.append(Row(at, dict(zip(folded, values, strict=False)), _problem(folded, values)))
        lost = [v for name, v in zip(folded, values, strict=False) if v and not name]
        notes += [
            RowNote(at, f"“{value[:SHOWN_CHARACTERS]}” is in a column without a name")
            for value in lost
        ]
    return Table(line, tuple(header), tuple(rows), tuple(notes))


def _problem(names: Sequence[str], values: Sequence[str]) -> str:
    if any(values[len(names) :]):
        return "the row has more cells than the header; put quotes around a cell with a separator"
    if any("\0" in value for value in values):
        return "the row contains a NUL character"
    return ""


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the stripped cells of each record that is not blank."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader: Any = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            values = [value.strip() for value in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(_reason(str(error), line)) from error
        if any(values):
            yield line, values
        line = reader.line_num + 1


def _reason(error: str, line: int) -> str:
    if error == "unexpected end of data":
        return f"A quotation mark that opens in line {line} is not closed."
    if "expected after" in error:
        return f"Line {line} has text after a closing quotation mark. Write a quotation mark twice."
    if "field larger" in error:
        return f"A cell in line {line} is longer than {MAX_CELL_CHARACTERS} characters."
    return f"Line {line} cannot be read: {error}."
