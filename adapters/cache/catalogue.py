"""Catalogue queries with a cache for the category tree and the facet labels."""

from collections.abc import Mapping, Sequence

from cachetools import TTLCache

from adapters.single_flight import SingleFlight
from core.domain.identifiers import ProductId, Sku
from core.domain.pricing.applied.shown_prices import NO_GROUPS
from ports.catalogue.queries import (
    CatalogueQueries,
    CategoryView,
    FacetLabel,
    Offer,
    ProductCard,
    ProductView,
)

CACHE_SECONDS = 2.0
MAX_LANGUAGES = 8


class CachedCatalogueQueries:
    """For pages only: use cases that change the catalogue must not read from a cache."""

    def __init__(self, catalogue_queries: CatalogueQueries) -> None:
        self._queries = catalogue_queries
        self._trees: TTLCache[str, tuple[CategoryView, ...]] = TTLCache(
            MAX_LANGUAGES, CACHE_SECONDS
        )
        self._labels: TTLCache[str, tuple[FacetLabel, ...]] = TTLCache(MAX_LANGUAGES, CACHE_SECONDS)
        self._reading_trees: SingleFlight[tuple[CategoryView, ...]] = SingleFlight()
        self._reading_labels: SingleFlight[tuple[FacetLabel, ...]] = SingleFlight()

    async def categories(self, language: str) -> tuple[CategoryView, ...]:
        tree = self._trees.get(language)
        if tree is None:
            tree = await self._reading_trees(language, lambda: self._queries.categories(language))
            self._trees[language] = tree
        return tree

    async def facet_labels(self, language: str) -> tuple[FacetLabel, ...]:
        labels = self._labels.get(language)
        if labels is None:
            labels = await self._reading_labels(
                language, lambda: self._queries.facet_labels(language)
            )
            self._labels[language] = labels
        return labels

    async def version(self) -> int:
        return await self._queries.version()

    async def cards(
        self, product_ids: Sequence[ProductId], language: str, groups: frozenset[str] = NO_GROUPS
    ) -> tuple[ProductCard, ...]:
        return await self._queries.cards(product_ids, language, groups)

    async def newest(self, limit: int) -> tuple[ProductId, ...]:
        return await self._queries.newest(limit)

    async def published(self) -> int:
        return await self._queries.published()

    async def handles(self, limit: int, offset: int) -> tuple[str, ...]:
        return await self._queries.handles(limit, offset)

    async def product(
        self, handle: str, language: str, groups: frozenset[str] = NO_GROUPS
    ) -> ProductView | None:
        return await self._queries.product(handle, language, groups)

    async def offers(self, skus: Sequence[Sku]) -> Mapping[Sku, Offer]:
        return await self._queries.offers(skus)
