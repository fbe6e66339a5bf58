"""Products as files: what could be read of one, and what is written into one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.application.catalogue.feeds import FeedProduct
from core.domain.catalogue.product import Product
from core.domain.identifiers import Sku

ExportedProduct = tuple[Product, Mapping[Sku, int], tuple[str, str], str]
"""A product, its stock, its category's path and slug, and its brand's name."""


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """What could be read of one product, and the rows of it that could not.

    ``product`` is None if nothing is left. ``lines`` are all rows that speak of it.
    """

    handle: str
    product: FeedProduct | None
    lines: tuple[int, ...]
    refused: tuple[RefusedRow, ...]


class ReadFeed(Protocol):
    def __call__(self, file: Path, language: str, assume_stock: int) -> Sequence[ReadProduct]:
        """Read every product. ``assume_stock`` units are there of what is only “in stock”.

        Raises:
            UnreadableFile: the file is in no format that the shop knows.
        """


class WriteFeed(Protocol):
    def __call__(self, products: Iterable[ExportedProduct], language: str) -> Iterator[str]:
        """The file's text, a piece per product."""
