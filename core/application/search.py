"""Keeps the search index up to date with the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.events import ProductChanged, StockChanged
from core.domain.identifiers import ProductId
from ports.catalogue.queries import ProductQueries
from ports.events.outbox import Envelope
from ports.search import SearchIndex

BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class IndexProducts:
    """Subscriber that updates the search index after changes of products and stock."""

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
        published = {document.product_id for document in documents}
        await self.search.put(documents)
        removed = tuple(each for each in product_ids if each not in published)
        if removed:
            await self.search.remove(removed)

    async def rebuild(self) -> int:
        """Index the whole catalogue again. Returns the number of products."""
        last: ProductId | None = None
        count = 0
        while page := await self.product_queries.product_ids(last, BATCH_SIZE):
            await self.index(page)
            last = page[-1]
            count += len(page)
        return count
