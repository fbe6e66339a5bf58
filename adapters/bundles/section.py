"""One kind of records in a bundle: as lines of JSON, as CSV, and as JSON Schema."""

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import msgspec

JSON_TYPES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A spreadsheet calculates a cell with one of these prefixes (OWASP, CSV injection)."""


@dataclass(slots=True)
class ManifestEntry:
    """A file in the manifest; ``records`` is None for a file that contains no records."""

    path: str
    size: int = 0
    sha256: str = ""
    records: int | None = None


class Section:
    """Writes records to a temporary file; only field names and types stay in memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entry = ManifestEntry(f"data/{name}.jsonl", records=0)
        self._hashed = hashlib.sha256()
        self._types: dict[str, set[str]] = {}
        self._lines = tempfile.TemporaryFile("w+b")  # noqa: SIM115 -- closed by `__exit__`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def add(self, fields: Mapping[str, Any]) -> bytes:
        """Add a record, and return it as a line of JSON."""
        line = msgspec.json.encode(dict(fields)) + b"\n"
        for name, value in msgspec.json.decode(line).items():
            self._types.setdefault(name, set()).add(JSON_TYPES[type(value)])
        self._lines.write(line)
        self._hashed.update(line)
        self.entry.size += len(line)
        self.entry.records = (self.entry.records or 0) + 1
        self.entry.sha256 = self._hashed.hexdigest()
        return line

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a line."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "type": "object",
            "properties": {name: {"type": sorted(types)} for name, types in self._types.items()},
            "additionalProperties": False,
        }

    def table(self) -> Iterator[bytes]:
        """Yield the records as CSV in UTF-8 with BOM, which spreadsheets detect."""
        yield b"\xef\xbb\xbf" + _row(list(self._types))
        self._lines.seek(0)
        for line in self._lines:
            record = msgspec.json.decode(line)
            yield _row([cell(record.get(name)) for name in self._types])


def cell(value: Any) -> str:
    """Format a value for a spreadsheet; a formula gets an apostrophe and is not calculated.

    >>> cell("=1+1"), cell(-5), cell(None), cell({"city": "深圳"})
    ("'=1+1", '-5', '', '{"city":"深圳"}')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_PREFIXES) else value
    return msgspec.json.encode(value).decode()


def _row(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
