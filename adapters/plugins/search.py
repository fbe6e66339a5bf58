"""A search index behind the plugin guard."""

from dataclasses import dataclass

from adapters.plugins.guard import PluginGuard
from core.domain.identifiers import ProductId
from ports.errors import Unavailable
from ports.search import SearchDocument, SearchIndex, SearchQuery, SearchResult


@dataclass(frozen=True, slots=True)
class GuardedSearch:
    """Writes to the plugin's index and to ``fallback``; searches the plugin's index first."""

    index: SearchIndex
    fallback: SearchIndex
    guard: PluginGuard

    async def put(self, documents: tuple[SearchDocument, ...]) -> None:
        await self.fallback.put(documents)
        await self.guard.call(lambda: self.index.put(documents), answers=type(None))

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        await self.fallback.remove(product_ids)
        await self.guard.call(lambda: self.index.remove(product_ids), answers=type(None))

    async def search(self, query: SearchQuery) -> SearchResult:
        try:
            return await self.guard.call(lambda: self.index.search(query), answers=SearchResult)
        except Unavailable:
            return await self.fallback.search(query)
