"""Finding products by words, category, properties, price and stock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASCENDING = "price"
    PRICE_DESCENDING = "-price"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """A product as it is found. ``texts`` are searched from important to less so.

    ``categories`` are the product's own and all above it. ``attributes`` holds
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
    """``attributes`` maps a code to the values of which one must match; codes must all match.

    Prices are minor units, both ends included.
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
    """How many of the products found have this value."""

    code: str
    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """``cursor`` asks for the next page, and is empty on the last.

    ``corrected`` is what was searched instead, where the words themselves found nothing.
    """

    product_ids: tuple[ProductId, ...]
    total: int
    facets: tuple[FacetCount, ...] = ()
    cursor: str = ""
    corrected: str = ""


@runtime_checkable
class SearchIndex(Protocol):
    """Chinese and Latin words, typos forgiven. Eventually consistent with the catalogue."""

    async def put(self, documents: tuple[SearchDocument, ...]) -> None:
        """Add, or replace by product. Idempotent."""

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        """Forget them; unknown ones are no error."""

    async def search(self, query: SearchQuery) -> SearchResult:
        """At most ``query.limit`` products, each once over all pages.

        Raises:
            Rejected: the cursor is not one of ours.
            Unavailable: the index did not answer.
        """


class Segmentation(Protocol):
    """Cuts texts into words: documents fine, queries coarse, so that a query finds longer words."""

    def document_words(self, text: str) -> list[str]:
        """Every word that a document can be found by, in order."""

    def query_words(self, text: str) -> list[str]:
        """The words that a query asks for, each once."""

    def guesses(self, words: Sequence[str], vocabulary: Sequence[str]) -> Iterator[list[str]]:
        """Other words to search for, the best guess first.

        ``vocabulary`` has the words of all documents, those of most documents first.
        """
