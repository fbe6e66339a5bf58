"""Keeps the search index in line with the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.events import ProductChanged, StockChanged
from core.domain.identifiers import ProductId
from ports.catalogue.queries import ProductQueries
from ports.events.outbox import Envelope
from ports.search import SearchIndex

REINDEX_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class IndexProducts:
    """Keep the search index like the catalogue: listens to products and stock."""

    product_queries: ProductQueries
    search: SearchIndex

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        changed = [
            each.event.product_id
            for each in envelopes
            if isinstance(each.event, ProductChanged | StockChanged)
        ]
        await self.index(tuple(dict.fromkeys(changed)))

    async def index(self, product_ids: tuple[ProductId, ...]) -> None:
        documents = await self.product_queries.documents(product_ids)
        shown = {document.product_id for document in documents}
        await self.search.put(documents)
        gone = tuple(each for each in product_ids if each not in shown)
        if gone:
            await self.search.remove(gone)

    async def rebuild(self) -> int:
        """Index the whole catalogue again; how many products."""
        last: ProductId | None = None
        count = 0
        while page := await self.product_queries.product_ids(last, REINDEX_AT_ONCE):
            await self.index(page)
            last = page[-1]
            count += len(page)
        return count
