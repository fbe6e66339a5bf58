"""Finds the brand of a product in a feed, and creates it if it is missing."""

from dataclasses import dataclass

from core.application.catalogue.feed_keys import free_slug
from core.application.catalogue.feed_texts import is_untranslated
from core.application.catalogue.feeds import FeedProduct, RowNote
from core.application.retries import retrying
from core.domain.catalogue.category import Brand
from core.domain.catalogue.product import Product
from core.domain.identifiers import BrandId
from core.domain.text import Text
from ports.clock import NewId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class FeedBrand:
    """``slug`` is None if the feed has no vendor. ``notes`` say what was named."""

    slug: str | None
    notes: tuple[RowNote, ...] = ()


@dataclass(frozen=True, slots=True)
class FindFeedBrand:
    """Find or create the brand by its name in any language.

    A vendor that no brand has names the present brand, if that has no name in this language.
    """

    units: UnitsOfWork
    new_id: NewId

    async def __call__(self, product: FeedProduct, existing: Product | None) -> FeedBrand:
        if not product.vendor:
            return FeedBrand(None)
        return await retrying(lambda: self._find(product, existing))

    async def _find(self, product: FeedProduct, existing: Product | None) -> FeedBrand:
        vendor = product.vendor
        notes: tuple[RowNote, ...] = ()
        async with self.units() as unit:
            brands = await unit.brands.list()
            for brand in brands:
                if vendor == brand.slug or vendor in brand.name.by_language.values():
                    return FeedBrand(brand.slug)
            own = [each for each in brands if existing and each.id == existing.brand_id]
            if own and is_untranslated(own[0].name, product.language):
                brand = own[0]
                brand.name = Text({**brand.name.by_language, product.language: vendor})
                text = f"the brand “{brand.slug}” is named “{vendor}” ({product.language})"
                notes = (RowNote(product.line, text),)
            else:
                slug = free_slug(vendor, "brand", {each.slug for each in brands})
                name = Text({product.language: vendor})
                brand = Brand(id=BrandId(self.new_id()), slug=slug, name=name)
            await unit.brands.save(brand)
            await unit.commit()
        return FeedBrand(brand.slug, notes)
