"""A search index behind the plugin guard."""

from dataclasses import dataclass

from adapters.plugins.answers.checks import nothing
from adapters.plugins.answers.search import search_result
from adapters.plugins.guard import PluginGuard
from core.domain.identifiers import ProductId
from ports.errors import PortError, Rejected
from ports.search import (
    SearchDocument,
    SearchIndex,
    SearchIndexName,
    SearchQuery,
    SearchReadiness,
    SearchResult,
)


@dataclass(frozen=True, slots=True)
class GuardedSearch:
    """Writes to the plugin's index and to ``fallback``.

    Searches the plugin's index first, from when it has the whole catalogue.
    """

    index: SearchIndex
    fallback: SearchIndex
    guard: PluginGuard
    name: SearchIndexName
    readiness: SearchReadiness

    async def put(self, documents: tuple[SearchDocument, ...]) -> None:
        await self.fallback.put(documents)
        await self.guard.call(lambda: self.index.put(documents), nothing)

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        await self.fallback.remove(product_ids)
        await self.guard.call(lambda: self.index.remove(product_ids), nothing)

    async def search(self, query: SearchQuery) -> SearchResult:
        """Raise `Rejected` for a cursor, which comes from a visitor.

        Every other error of the index is a failure, and the database answers.
        """
        if not await self.readiness.is_ready(self.name):
            return await self.fallback.search(query)
        try:
            return await self.guard.call(
                lambda: self.index.search(query),
                lambda answer: search_result(answer, query),
                final=(Rejected,) if query.cursor else (),
            )
        except PortError as error:
            if query.cursor and isinstance(error, Rejected):
                raise
            return await self.fallback.search(query)
