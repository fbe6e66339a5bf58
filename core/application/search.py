"""Keeps the search index up to date with the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.pricing.applied_prices import ApplyPrices
from core.domain.events import ProductChanged, StockChanged
from core.domain.identifiers import ProductId
from ports.catalogue.queries import ProductQueries
from ports.events.outbox import Envelope
from ports.search import SearchIndex, SearchIndexName, SearchReadiness

BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class IndexProducts:
    """Subscriber that updates the search index after changes of products and stock.

    Documents have the applied prices, so those of a saved product are compiled first.
    """

    apply_prices: ApplyPrices
    product_queries: ProductQueries
    search: SearchIndex

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        saved = [
            each.event.product_id for each in envelopes if isinstance(each.event, ProductChanged)
        ]
        await self.apply_prices.to(tuple(dict.fromkeys(saved)))
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

    async def all(self) -> int:
        """Index the whole catalogue. Returns the number of products."""
        last: ProductId | None = None
        count = 0
        while page := await self.product_queries.product_ids(last, BATCH_SIZE):
            await self.index(page)
            last = page[-1]
            count += len(page)
        return count


@dataclass(frozen=True, slots=True)
class RebuildSearchIndex:
    """Index the whole catalogue again, and then search in this index. Returns the products."""

    index_products: IndexProducts
    readiness: SearchReadiness
    index: SearchIndexName

    async def __call__(self) -> int:
        count = await self.index_products.all()
        await self.readiness.mark_ready(self.index)
        return count


@dataclass(frozen=True, slots=True)
class PrepareSearchIndex:
    """Fill the index of a new plugin. Until then, the shop searches in its database."""

    rebuild: RebuildSearchIndex
    readiness: SearchReadiness
    index: SearchIndexName

    async def __call__(self) -> None:
        if not await self.readiness.is_ready(self.index):
            await self.rebuild()
