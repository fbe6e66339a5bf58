"""Product admin: creates, changes, publishes and archives products."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.application.catalogue.drafts import ProductDraft, Saved, VariantDraft
from core.application.catalogue.merging import has_same_content, merge_options
from core.application.retries import retrying
from core.domain.catalogue.category import Brand
from core.domain.catalogue.product import Product, ProductState
from core.domain.catalogue.variant import Variant
from core.domain.errors import AlreadyExists, Invalid, NotFound
from core.domain.identifiers import (
    BrandId,
    CategoryId,
    LocationCode,
    ProductId,
    VariantId,
)
from core.domain.text import Text
from ports.clock import Clock, NewId
from ports.security import Sanitise
from ports.unit_of_work import UnitOfWork, UnitsOfWork

STATE_CHANGES: dict[tuple[ProductState, ProductState], tuple[str, ...]] = {
    (ProductState.DRAFT, ProductState.PUBLISHED): ("publish",),
    (ProductState.DRAFT, ProductState.ARCHIVED): ("archive",),
    (ProductState.PUBLISHED, ProductState.DRAFT): ("unpublish",),
    (ProductState.PUBLISHED, ProductState.ARCHIVED): ("archive",),
    (ProductState.ARCHIVED, ProductState.DRAFT): ("restore",),
    (ProductState.ARCHIVED, ProductState.PUBLISHED): ("restore", "publish"),
}


@dataclass(frozen=True, slots=True)
class SaveProduct:
    """Create a product, or change an existing one to match the draft. Idempotent.

    ``draft.version`` is the version that the draft is based on; None skips the check.

    Raises:
        AlreadyExists: the draft is new, and its handle is taken.
        Invalid: the product has another version, or a field is wrong.
        NotFound: the category does not exist.
    """

    units: UnitsOfWork
    sanitise: Sanitise
    now: Clock
    new_id: NewId
    location: LocationCode

    async def __call__(self, draft: ProductDraft) -> Saved:
        return await retrying(lambda: self._save(draft))

    async def _save(self, draft: ProductDraft) -> Saved:
        async with self.units() as unit:
            existing = await unit.products.find(draft.handle)
            now = self.now()
            if existing is None:
                product = await self._create(unit, draft, now)
                changed = True
            else:
                product = existing
                if draft.is_new:
                    raise AlreadyExists("handle", draft.handle)
                if draft.version not in {None, product.version}:
                    raise Invalid(
                        "version", "This product has changed. Refresh the page and try again."
                    )
                changed = await self._change(unit, product, draft, now)
            if changed:
                await unit.products.save(product)
            counted = await self._count(unit, draft)
            if changed or counted:
                await unit.commit()
        if existing is None:
            return Saved.CREATED
        return Saved.UPDATED if changed or counted else Saved.UNCHANGED

    async def _create(self, unit: UnitOfWork, draft: ProductDraft, now: datetime) -> Product:
        if draft.category is None:
            raise Invalid("category", "Choose a category for the new product.")
        product = Product(
            id=ProductId(self.new_id()),
            handle=draft.handle,
            title=draft.title,
            description=self._clean(draft.description or Text({})),
            category_id=await self._category(unit, draft.category),
            created_at=now,
            brand_id=await self._brand(unit, draft),
            tags=draft.tags or (),
            options=draft.options,
            variants=self._variants(draft, ()),
            attributes=draft.attributes or (),
            pictures=draft.pictures or (),
            extras=draft.extras or {},
            return_exception=draft.return_exception or None,
        )
        product.record_change(now)
        _change_state(product, draft.state, now)
        return product

    async def _change(
        self, unit: UnitOfWork, product: Product, draft: ProductDraft, now: datetime
    ) -> bool:
        before = replace(product, events=[])
        category_id = product.category_id
        if draft.category is not None:
            category_id = await self._category(unit, draft.category)
        description = product.description
        if draft.description is not None:
            description = self._clean(draft.description)
        product.describe(
            title=Text({**product.title.by_language, **draft.title.by_language}),
            description=Text({**product.description.by_language, **description.by_language}),
            category_id=category_id,
            brand_id=product.brand_id if draft.brand is None else await self._brand(unit, draft),
            tags=product.tags if draft.tags is None else draft.tags,
        )
        product.set_variants(
            merge_options(product.options, draft.options),
            self._variants(draft, product.variants),
        )
        if draft.attributes is not None:
            product.set_attributes(draft.attributes)
        if draft.pictures is not None:
            product.set_pictures(draft.pictures)
        if draft.extras is not None:
            product.extras = draft.extras
        if draft.return_exception is not None:
            product.return_exception = draft.return_exception or None
        changed = not has_same_content(before, product)
        if changed:
            product.record_change(now)
        _change_state(product, draft.state, now)
        return changed or product.state is not before.state

    async def _count(self, unit: UnitOfWork, draft: ProductDraft) -> bool:
        wanted = {
            variant.sku: variant.on_hand
            for variant in draft.variants
            if variant.on_hand is not None
        }
        levels = await unit.stock.levels(list(wanted)) if wanted else ()
        on_hand = {level.sku: level.on_hand for level in levels if level.location == self.location}
        different = {sku: units for sku, units in wanted.items() if on_hand.get(sku) != units}
        for sku, units in sorted(different.items()):
            await unit.stock.set_on_hand(sku, self.location, units)
        return bool(different)

    def _variants(self, draft: ProductDraft, existing: tuple[Variant, ...]) -> tuple[Variant, ...]:
        before = {variant.sku: variant for variant in existing}
        drafted = tuple(self._variant(each, before.get(each.sku)) for each in draft.variants)
        named = {each.sku for each in drafted}
        return (
            *drafted,
            *(each for each in existing if each.sku in draft.keep and each.sku not in named),
        )

    def _variant(self, draft: VariantDraft, existing: Variant | None) -> Variant:
        size = (
            draft.size_mm if draft.size_mm is not None else existing.size_mm if existing else None
        )
        picture = (
            draft.picture if draft.picture is not None else existing.picture if existing else None
        )
        return Variant(
            id=existing.id if existing else VariantId(self.new_id()),
            sku=draft.sku,
            price=draft.price,
            options=dict(draft.options),
            compare_at=draft.compare_at,
            weight_grams=draft.weight_grams,
            size_mm=size or (0, 0, 0),
            barcode=draft.barcode,
            picture=picture or "",
            extras=draft.extras
            if draft.extras is not None
            else existing.extras
            if existing
            else {},
        )

    async def _category(self, unit: UnitOfWork, slug: str) -> CategoryId:
        category = await unit.categories.find(slug)
        if category is None:
            raise NotFound("category", slug)
        return category.id

    async def _brand(self, unit: UnitOfWork, draft: ProductDraft) -> BrandId | None:
        if not draft.brand:
            return None
        brand = await unit.brands.find(draft.brand)
        if brand is None:
            name = draft.brand_name or draft.brand
            brand = Brand(id=BrandId(self.new_id()), slug=draft.brand, name=Text({"zh": name}))
            await unit.brands.save(brand)
        return brand.id

    def _clean(self, description: Text) -> Text:
        return Text(
            {language: self.sanitise(html) for language, html in description.by_language.items()}
        )


@dataclass(frozen=True, slots=True)
class MoveProduct:
    """Publish, unpublish, archive or restore a product. Raises `NotFound`, `IllegalTransition`."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self, handle: str, move: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                product = await unit.products.find(handle)
                if product is None:
                    raise NotFound("product", handle)
                product.move(move, self.now())
                await unit.products.save(product)
                await unit.commit()

        await retrying(once)


def _change_state(product: Product, wanted: ProductState | None, now: datetime) -> None:
    if wanted is None or wanted is product.state:
        return
    for move in STATE_CHANGES[product.state, wanted]:
        product.move(move, now)
