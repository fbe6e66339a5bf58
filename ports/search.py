"""Search for products by words, category, attributes, price and stock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol, runtime_checkable

from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money


class Sort(StrEnum):
    """The order of search results."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASCENDING = "price"
    PRICE_DESCENDING = "-price"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """The indexed fields of a product. ``texts`` are sorted by importance.

    ``categories`` has the category of the product and its ancestors. ``attributes`` has
    ``(code, value)`` pairs.
    """

    product_id: ProductId
    texts: tuple[str, ...]
    categories: frozenset[CategoryId]
    attributes: frozenset[tuple[str, str]]
    lowest_price: Money
    published_at: datetime
    in_stock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A search. ``attributes`` maps a code to values: one value of each code must match.

    Prices are minor units; ``lowest`` and ``highest`` are included.
    """

    words: str = ""
    category: CategoryId | None = None
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lowest: int | None = None
    highest: int | None = None
    in_stock: bool = False
    sort: Sort = Sort.RELEVANCE
    limit: int = 24
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCount:
    """The number of results with this attribute value."""

    code: str
    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One page of results. ``cursor`` returns the next page; it is empty on the last.

    ``corrected`` has the words that were used when the original words had no result.
    """

    product_ids: tuple[ProductId, ...]
    total: int
    facets: tuple[FacetCount, ...] = ()
    cursor: str = ""
    corrected: str = ""


@runtime_checkable
class SearchIndex(Protocol):
    """Finds products by Chinese and Latin words, with tolerance for typos.

    It is eventually consistent with the catalogue.
    """

    async def put(self, documents: tuple[SearchDocument, ...]) -> None:
        """Add the documents, or replace those of the same product. Idempotent."""

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        """Remove the documents. An unknown id is not an error."""

    async def search(self, query: SearchQuery) -> SearchResult:
        """Return at most ``query.limit`` products. A product is on one page only.

        Raises:
            Rejected: the cursor is not from this index.
            Unavailable: the index did not answer.
        """


SearchIndexName = NewType("SearchIndexName", str)
"""The name of the index that the shop uses. It changes with the plugin and its version."""


class SearchReadiness(Protocol):
    """Which index has the whole catalogue."""

    async def is_ready(self, index: SearchIndexName) -> bool: ...

    async def mark_ready(self, index: SearchIndexName) -> None:
        """The index has all products. All other indexes are stale from now on."""


class Segmentation(Protocol):
    """Word segmentation: fine for documents, coarse for queries."""

    def document_words(self, text: str) -> list[str]:
        """All words of a document that a query can match, in order."""

    def query_words(self, text: str) -> list[str]:
        """The words of a query, without duplicates."""

    def guesses(self, words: Sequence[str], vocabulary: Sequence[str]) -> Iterator[list[str]]:
        """Corrected queries, the most likely first.

        ``vocabulary`` has the words of all documents, the most frequent first.
        """
