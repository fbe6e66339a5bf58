"""Catalogue queries with a cache for the category tree and the facet labels."""

from collections.abc import Mapping, Sequence

from cachetools import TTLCache

from core.domain.identifiers import ProductId, Sku
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

    async def categories(self, language: str) -> tuple[CategoryView, ...]:
        tree = self._trees.get(language)
        if tree is None:
            tree = self._trees[language] = await self._queries.categories(language)
        return tree

    async def facet_labels(self, language: str) -> tuple[FacetLabel, ...]:
        labels = self._labels.get(language)
        if labels is None:
            labels = self._labels[language] = await self._queries.facet_labels(language)
        return labels

    async def version(self) -> int:
        return await self._queries.version()

    async def cards(
        self, product_ids: Sequence[ProductId], language: str
    ) -> tuple[ProductCard, ...]:
        return await self._queries.cards(product_ids, language)

    async def newest(self, limit: int) -> tuple[ProductId, ...]:
        return await self._queries.newest(limit)

    async def product(self, handle: str, language: str) -> ProductView | None:
        return await self._queries.product(handle, language)

    async def offers(self, skus: Sequence[Sku]) -> Mapping[Sku, Offer]:
        return await self._queries.offers(skus)
