"""Prices of price lists as CSV: ``list,sku,quantity,price``, one step of a ladder a row."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from core.domain.errors import Invalid
from ports.pricing import ListedPrice

SEPARATORS = (",", ";", "\t")
COLUMNS = ("list", "sku", "quantity", "price")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A row as written; ``line`` is where it ends in the file."""

    line: int
    list: str
    sku: str
    quantity: str
    price: str


def read_prices(lines: Iterable[str], of_list: str = "") -> Sequence[PriceRow]:
    """Read a file. The columns may have any order; an empty quantity is 1.

    A file for ``of_list`` needs no column ``list``. The separator is a comma, a semicolon or a
    tab.

    Raises:
        Invalid: a column is missing or unknown, or a row has too few or too many values;
            ``field`` is such as ``line 7``.
    """
    following = iter(lines)
    header = next(following, "")
    reader = csv.reader(chain([header], following), delimiter=_separator(header), strict=True)
    try:
        return tuple(_rows(reader, of_list))
    except csv.Error as error:
        raise Invalid(f"line {reader.line_num}", "This is no row of a CSV file.") from error


def written_prices(prices: Iterable[ListedPrice]) -> Iterator[str]:
    """The lines of a file.

    No value can begin a formula: codes and SKUs begin with a letter or a digit.
    """
    written = csv.writer(_Lines())
    yield written.writerow(COLUMNS)
    for each in prices:
        yield written.writerow((each.list, each.sku, each.quantity, each.price.decimal))


class _Lines:
    """A file whose ``write`` returns the line; `csv` returns that."""

    def write(self, line: str) -> str:
        return line


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _rows(reader: Any, of_list: str) -> Iterator[PriceRow]:
    header = [name.strip().lower().removeprefix("\ufeff") for name in next(reader, [])]
    needed = COLUMNS[1:] if of_list and "list" not in header else COLUMNS
    if sorted(header) != sorted(needed):
        raise Invalid("line 1", "The columns must be {columns}.", columns=", ".join(needed))
    for values in reader:
        if not any(values):
            continue
        if len(values) != len(needed):
            raise Invalid(
                f"line {reader.line_num}", "The row must have {count} values.", count=len(needed)
            )
        named = {name: value.strip() for name, value in zip(header, values, strict=True)}
        yield PriceRow(
            line=reader.line_num,
            list=named.get("list") or of_list,
            sku=named["sku"],
            quantity=named["quantity"] or "1",
            price=named["price"],
        )
