"""Imports products from feeds."""

from dataclasses import dataclass

from core.application.catalogue.drafts import Saved
from core.application.catalogue.feed_brands import FindFeedBrand
from core.application.catalogue.feed_categories import FindFeedCategory
from core.application.catalogue.feed_drafts import FeedContext, draft_of, notes_on
from core.application.catalogue.feed_keys import is_sku
from core.application.catalogue.feed_variants import match_variants
from core.application.catalogue.feeds import FeedProduct, RowNote
from core.application.catalogue.product_admin import SaveProduct
from core.domain.fields.declared import DeclaredFields
from core.domain.identifiers import Sku
from core.domain.stock import StockLevel
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class ImportedProduct:
    """``notes`` say what is different from the feed."""

    result: Saved
    notes: tuple[RowNote, ...]


@dataclass(frozen=True, slots=True)
class ImportProduct:
    """Create or change a product from a feed, with missing categories and brands. Idempotent."""

    units: UnitsOfWork
    find_category: FindFeedCategory
    find_brand: FindFeedBrand
    save_product: SaveProduct
    declared_fields: DeclaredFields

    async def __call__(self, product: FeedProduct) -> ImportedProduct:
        async with self.units() as unit:
            existing = await unit.products.find(product.handle)
            owners = await unit.products.owners(
                [Sku(row.code) for row in product.variants if is_sku(row.code)]
            )
        category = await self.find_category(product, existing)
        brand = await self.find_brand(product, existing)
        context = FeedContext(
            existing=existing,
            matches=match_variants(product, existing),
            owners=owners,
            category=category.slug,
            brand=brand.slug,
            declared_fields=self.declared_fields,
        )
        draft = draft_of(product, context)
        saved = await self.save_product(draft)
        lines = {
            variant.sku: row.line
            for row, variant in zip(product.variants, draft.variants, strict=True)
        }
        notes = (
            *category.notes,
            *brand.notes,
            *notes_on(product, context, draft),
            *(RowNote(lines[level.sku], _shortage(level)) for level in saved.short),
        )
        return ImportedProduct(saved.result, notes)


def _shortage(level: StockLevel) -> str:
    needed = level.reserved + level.allocated
    return (
        f"open orders need {needed} of “{level.sku}”, {level.missing} more than there are:"
        " these orders cannot be met, and no more is sold"
    )
