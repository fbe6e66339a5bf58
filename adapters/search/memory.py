"""Search in a dictionary: for tests, and to show that the port is one."""

from collections import Counter

from adapters.search.correction import guesses
from adapters.search.segmentation import document_words, query_words
from adapters.serialization.cursors import read_cursor, whole, write_cursor
from core.domain.identifiers import ProductId
from ports.search import FacetCount, SearchDocument, SearchQuery, SearchResult, Sort


class MemorySearch:
    def __init__(self) -> None:
        self._documents: dict[ProductId, SearchDocument] = {}
        self._words: dict[ProductId, list[str]] = {}

    async def put(self, documents: tuple[SearchDocument, ...]) -> None:
        for document in documents:
            self._documents[document.product_id] = document
            self._words[document.product_id] = document_words(" ".join(document.texts))

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        for product_id in product_ids:
            self._documents.pop(product_id, None)
            self._words.pop(product_id, None)

    async def search(self, query: SearchQuery) -> SearchResult:
        words = query_words(query.words)
        if query.words.strip() and not words:
            return SearchResult(product_ids=(), total=0)
        meant = words
        base = self._matched(query, words)
        if not base and words:
            counts = Counter(word for own in self._words.values() for word in set(own))
            for meant in guesses(words, sorted(counts, key=lambda word: (-counts[word], word))):
                base = self._matched(query, meant)
                if base:
                    break
        found = [each for each in base if _misses(each, query) == set()]
        found.sort(key=lambda each: _order(each, query.sort))
        (offset,) = read_cursor(query.cursor, (whole,)) if query.cursor else (0,)
        end = offset + query.limit
        return SearchResult(
            product_ids=tuple(each.product_id for each in found[offset:end]),
            total=len(found),
            facets=_facets(base, query) if found else (),
            cursor=write_cursor(end) if end < len(found) else "",
            corrected=" ".join(meant) if meant != words and found else "",
        )

    def _matched(self, query: SearchQuery, words: list[str]) -> list[SearchDocument]:
        return [
            document
            for product_id, document in self._documents.items()
            if all(self._has_word(product_id, word) for word in words)
            and (query.category is None or query.category in document.categories)
            and (query.lowest is None or document.lowest_price.minor >= query.lowest)
            and (query.highest is None or document.lowest_price.minor <= query.highest)
            and (document.in_stock or not query.in_stock)
        ]

    def _has_word(self, product_id: ProductId, word: str) -> bool:
        own = self._words[product_id]
        if len(word) > 2 and word.isascii():  # noqa: PLR2004
            return any(each.startswith(word) for each in own)
        return word in own


def _misses(document: SearchDocument, query: SearchQuery) -> set[str]:
    """The codes of which the document has none of the values asked for."""
    return {
        code
        for code, values in query.attributes.items()
        if not any((code, value) in document.attributes for value in values)
    }


def _facets(documents: list[SearchDocument], query: SearchQuery) -> tuple[FacetCount, ...]:
    counts = Counter(
        (code, value)
        for document in documents
        for code, value in document.attributes
        if _misses(document, query) <= {code}
    )
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return tuple(
        FacetCount(code=code, value=value, count=count) for (code, value), count in ordered
    )


def _order(document: SearchDocument, sort: Sort) -> tuple[float, str]:
    if sort is Sort.PRICE_ASCENDING:
        return document.lowest_price.minor, document.product_id.hex
    if sort is Sort.PRICE_DESCENDING:
        return -document.lowest_price.minor, document.product_id.hex
    return -document.published_at.timestamp(), document.product_id.hex
