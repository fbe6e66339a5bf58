"""A search index that answers the same question once, and few questions at the same time."""

import asyncio
from collections.abc import Hashable

from adapters.single_flight import SingleFlight
from core.domain.identifiers import ProductId
from ports.search import SearchDocument, SearchIndex, SearchQuery, SearchResult


class SharedSearch:
    """At most ``at_once`` searches run; the others wait in the order in which they came.

    A search is the costliest read of the shop. On SQLite it blocks the event loop, so all that
    are admitted at once would run before the process accepts, or refuses, another request.
    """

    def __init__(self, index: SearchIndex, at_once: int) -> None:
        self._index = index
        self._slots = asyncio.Semaphore(at_once)
        self._flights: SingleFlight[SearchResult] = SingleFlight()

    async def put(self, added: tuple[SearchDocument, ...]) -> None:
        await self._index.put(added)

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        await self._index.remove(product_ids)

    async def search(self, query: SearchQuery) -> SearchResult:
        return await self._flights(_question(query), lambda: self._search(query))

    async def _search(self, query: SearchQuery) -> SearchResult:
        async with self._slots:
            return await self._index.search(query)


def _question(query: SearchQuery) -> Hashable:
    return (
        query.words,
        query.category,
        frozenset(query.attributes.items()),
        query.lowest,
        query.highest,
        query.in_stock,
        query.sort,
        query.limit,
        query.cursor,
    )
