"""The CSV file that new coupon codes are exported to."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from core.domain.pricing.coupons.codes import grouped
from ports.errors import Rejected

HEADER = "batch,number,code\n"


class CsvCodeFile:
    """`ports.coupons.CodeFile`: a line for each code of one batch, readable by its owner alone."""

    def __init__(self, path: Path, batch: str) -> None:
        self._path = path
        self._batch = batch
        self._offsets: dict[int, int] = {}

    def resume(self, made: int) -> None:
        if not self._path.exists():
            self._path.touch(mode=0o600)
            self._offsets = {made + 1: self._write(0, HEADER)}
            return
        with self._path.open(encoding="utf-8", newline="") as stream:
            if stream.readline() != HEADER:
                raise Rejected(f"{self._path} has something else than coupon codes")
            self._offsets = {made + 1: self._end_of(stream, made)}

    def write(self, first: int, codes: Sequence[str]) -> None:
        lines = (
            f"{self._batch},{number},{grouped(code)}\n"
            for number, code in enumerate(codes, start=first)
        )
        offset = self._offsets[first]
        end = self._write(offset, "".join(lines))
        self._offsets = {first: offset, first + len(codes): end}

    def _end_of(self, stream: TextIO, made: int) -> int:
        """The offset after code number ``made``. A torn line has no end."""
        last, end = made, stream.tell()
        while (line := stream.readline()).endswith("\n"):
            number = self._number_in(line)
            if number > made:
                break
            last, end = number, stream.tell()
        if last != made:
            raise Rejected(f"{self._path} does not have all codes up to number {made}")
        return end

    def _write(self, offset: int, text: str) -> int:
        """Replace what follows ``offset``. Returns the new end."""
        with self._path.open("r+", encoding="utf-8", newline="") as stream:
            stream.seek(offset)
            stream.write(text)
            stream.truncate()
            stream.flush()
            os.fsync(stream.fileno())
            return stream.tell()

    def _number_in(self, line: str) -> int:
        batch, number, code = (*line.split(","), "", "")[:3]
        if batch != self._batch or not number.isdecimal() or not code:
            raise Rejected(f"{self._path} has other codes than those of {self._batch}")
        return int(number)
