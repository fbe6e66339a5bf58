"""Interfaces for reading and writing product files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.application.catalogue.feeds import FeedProduct, RowNote
from core.domain.catalogue.product import Product
from core.domain.identifiers import Sku

ExportedProduct = tuple[Product, Mapping[Sku, int], tuple[str, str], str]
"""A product, its units on hand by SKU, the path and slug of its category, its brand's name."""


class UnreadableFile(Exception):
    """The file cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """The readable part of one product, and its refused rows.

    ``product`` is None if no row is readable. ``lines`` are the numbers of all its rows.
    """

    handle: str
    product: FeedProduct | None
    lines: tuple[int, ...]
    refused: tuple[RefusedRow, ...]
    notes: tuple[RowNote, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFile:
    """``notes`` are about columns; their line is the header's."""

    products: Sequence[ReadProduct]
    notes: tuple[RowNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """``encoding`` is a name such as ``windows-1252``; empty to detect it.

    “In stock” without a number means ``assume_stock`` units.
    """

    language: str
    assume_stock: int = 0
    encoding: str = ""


class ReadFeed(Protocol):
    def __call__(self, file: Path, options: FeedOptions) -> ReadFile:
        """Read every product.

        Raises:
            UnreadableFile: the format or the encoding of the file is unknown.
        """


class WriteFeed(Protocol):
    def __call__(self, products: Iterable[ExportedProduct], language: str) -> Iterator[str]:
        """Yield the text of the file, one piece per product."""
