"""Exports all products for a product file."""

from dataclasses import dataclass

from core.application.catalogue.feed_files import ExportedProduct
from core.domain.catalogue.product import Product
from core.domain.identifiers import CategoryId, LocationCode, ProductId, Sku
from ports.catalogue.queries import CatalogueQueries, CategoryView, ProductQueries
from ports.unit_of_work import UnitOfWork, UnitsOfWork

BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class ExportProducts:
    """Load every product with its stock, category and brand."""

    units: UnitsOfWork
    catalogue: ProductQueries
    catalogue_queries: CatalogueQueries
    location: LocationCode

    async def __call__(self, language: str) -> list[ExportedProduct]:
        tree = {each.id: each for each in await self.catalogue_queries.categories(language)}
        rows: list[ExportedProduct] = []
        last: ProductId | None = None
        while ids := await self.catalogue.product_ids(last, BATCH_SIZE):
            async with self.units() as unit:
                brands = {brand.id: brand for brand in await unit.brands.list()}
                for product_id in ids:
                    product = await unit.products.get(product_id)
                    brand = brands.get(product.brand_id) if product.brand_id else None
                    rows.append(
                        (
                            product,
                            await self._stock(unit, product),
                            _path(tree, product.category_id),
                            brand.name.in_language(language) if brand else "",
                        )
                    )
            last = ids[-1]
        return rows

    async def _stock(self, unit: UnitOfWork, product: Product) -> dict[Sku, int]:
        levels = await unit.stock.levels([each.sku for each in product.variants])
        return {each.sku: each.on_hand for each in levels if each.location == self.location}


def _path(tree: dict[CategoryId, CategoryView], category_id: CategoryId) -> tuple[str, str]:
    names: list[str] = []
    category = tree.get(category_id)
    slug = category.slug if category else ""
    while category is not None:
        names.insert(0, category.name)
        category = tree.get(category.parent_id) if category.parent_id else None
    return " > ".join(names), slug
