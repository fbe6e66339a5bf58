"""Imports products from feeds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.application.catalogue.categories import SaveCategory
from core.application.catalogue.drafts import Saved
from core.application.catalogue.feed_drafts import brand_slug, draft_of, free_slug
from core.application.catalogue.feeds import FeedProduct
from core.application.catalogue.product_admin import SaveProduct
from core.domain.catalogue.product import Product
from core.domain.identifiers import CategoryId
from core.domain.text import Text
from ports.catalogue.queries import CatalogueQueries, CategoryView
from ports.unit_of_work import UnitsOfWork

UNSORTED = "unsorted"
LAST_POSITION = 10_000
UNSORTED_NAME = Text({"zh": "未分类", "en": "Unsorted"})


@dataclass(frozen=True, slots=True)
class ImportProduct:
    """Create or change a product from a feed, with missing categories and brands. Idempotent."""

    units: UnitsOfWork
    catalogue_queries: CatalogueQueries
    save_product: SaveProduct
    save_category: SaveCategory

    async def __call__(self, product: FeedProduct) -> Saved:
        async with self.units() as unit:
            existing = await unit.products.find(product.handle)
            brands = await unit.brands.list() if product.vendor else ()
        category = await self._category(product, existing)
        brand = brand_slug(product.vendor, brands)
        return await self.save_product(replace(draft_of(product, existing, category), brand=brand))

    async def _category(self, product: FeedProduct, existing: Product | None) -> str | None:
        tree = await self.catalogue_queries.categories(product.language)
        for each in tree:
            if product.type and product.type in {each.slug, each.name}:
                return each.slug
        if product.category:
            return await self._path(product.category, product.language, tree)
        if product.type:
            return await self._path((product.type,), product.language, tree)
        if existing is not None:
            return None
        await self.save_category(UNSORTED, UNSORTED_NAME, None, LAST_POSITION)
        return UNSORTED

    async def _path(
        self, names: tuple[str, ...], language: str, tree: Sequence[CategoryView]
    ) -> str:
        """Returns the slug of the last category of the path; creates missing categories."""
        category_id: CategoryId | None = None
        slug: str | None = None
        for name in names:
            matches = [each for each in tree if each.name == name and each.parent_id == category_id]
            if matches:
                category_id, slug = matches[0].id, matches[0].slug
                continue
            parent, slug = slug, free_slug(name, slug or "", {each.slug for each in tree})
            category_id = await self.save_category(slug, Text({language: name}), parent)
        return slug or UNSORTED
