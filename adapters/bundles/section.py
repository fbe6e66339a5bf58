"""One kind of records in a bundle: as lines of JSON, as a table for people, and as a schema."""

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
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate a cell (OWASP, CSV injection)."""


@dataclass(slots=True)
class Listed:
    """A file as the manifest has it; ``records`` is None where there are none to count."""

    path: str
    size: int = 0
    sha256: str = ""
    records: int | None = None


class Section:
    """Takes records one by one; only the names and types of their fields stay in memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.listed = Listed(f"data/{name}.jsonl", records=0)
        self._hashed = hashlib.sha256()
        self._types: dict[str, set[str]] = {}
        self._lines = tempfile.TemporaryFile("w+b")  # noqa: SIM115 -- closed by `__exit__`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def add(self, fields: Mapping[str, Any]) -> bytes:
        """The record as a line of JSON."""
        line = msgspec.json.encode(dict(fields)) + b"\n"
        for name, value in msgspec.json.decode(line).items():
            self._types.setdefault(name, set()).add(JSON_TYPES[type(value)])
        self._lines.write(line)
        self._hashed.update(line)
        self.listed.size += len(line)
        self.listed.records = (self.listed.records or 0) + 1
        self.listed.sha256 = self._hashed.hexdigest()
        return line

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a line."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "type": "object",
            "properties": {name: {"type": sorted(types)} for name, types in self._types.items()},
            "additionalProperties": False,
        }

    def table(self) -> Iterator[bytes]:
        """CSV in UTF-8, with a mark that spreadsheets know it by."""
        yield b"\xef\xbb\xbf" + _row(list(self._types))
        self._lines.seek(0)
        for line in self._lines:
            record = msgspec.json.decode(line)
            yield _row([cell(record.get(name)) for name in self._types])


def cell(value: Any) -> str:
    """A value as a spreadsheet shows it and never calculates it.

    >>> cell("=1+1"), cell(-5), cell(None), cell({"city": "深圳"})
    ("'=1+1", '-5', '', '{"city":"深圳"}')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return msgspec.json.encode(value).decode()


def _row(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
