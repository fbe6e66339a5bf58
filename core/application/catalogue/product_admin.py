"""Product admin: creates, changes, publishes and archives products."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.application.catalogue.drafts import ProductDraft, Saved, SavedProduct, VariantDraft
from core.application.catalogue.merging import (
    has_same_content,
    merge_options,
    merge_text,
    replace_text,
)
from core.application.catalogue.product_fields import product_fields, variant_fields
from core.application.pricing.tax_rates import ListTaxClasses
from core.application.retries import retrying
from core.domain.catalogue.category import Brand
from core.domain.catalogue.product import Product, ProductState
from core.domain.catalogue.tax_classes import STANDARD
from core.domain.catalogue.variant import CompareAtBasis, Variant
from core.domain.errors import AlreadyExists, Invalid, NotFound
from core.domain.fields.declared import DeclaredFields
from core.domain.identifiers import (
    BrandId,
    CategoryId,
    LocationCode,
    ProductId,
    VariantId,
)
from core.domain.stock import StockLevel
from core.domain.text import LANGUAGES, Text, composed
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
    list_tax_classes: ListTaxClasses
    declared_fields: DeclaredFields

    async def __call__(self, draft: ProductDraft) -> SavedProduct:
        classes = () if draft.tax_class is None else await self.list_tax_classes()
        return await retrying(lambda: self._save(draft, classes))

    async def _save(self, draft: ProductDraft, classes: Sequence[str]) -> SavedProduct:
        async with self.units() as unit:
            existing = await unit.products.find(draft.handle)
            _check_tax_class(draft, existing, classes)
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
            counted, short = await self._count(unit, draft)
            if changed or counted:
                await unit.commit()
        if existing is None:
            return SavedProduct(Saved.CREATED, short)
        return SavedProduct(Saved.UPDATED if changed or counted else Saved.UNCHANGED, short)

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
            tag_languages=draft.tag_languages or {},
            options=draft.options,
            variants=self._variants(draft, ()),
            attributes=draft.attributes or (),
            pictures=draft.pictures or (),
            extras=draft.extras or {},
            fields=product_fields(self.declared_fields, draft, None),
            return_exception=draft.return_exception or None,
            tax_class=draft.tax_class or STANDARD,
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
        merged = replace_text if draft.every_language else merge_text
        product.describe(
            title=merged(product.title, draft.title),
            description=merged(product.description, description),
            category_id=category_id,
            brand_id=product.brand_id if draft.brand is None else await self._brand(unit, draft),
            tags=product.tags if draft.tags is None else draft.tags,
        )
        languages = draft.tag_languages
        product.set_tag_languages(product.tag_languages if languages is None else languages)
        product.set_variants(
            draft.options
            if draft.every_language
            else merge_options(product.options, draft.options),
            self._variants(draft, product.variants),
        )
        if draft.attributes is not None:
            product.set_attributes(draft.attributes)
        if draft.pictures is not None:
            product.set_pictures(draft.pictures)
        if draft.extras is not None:
            product.extras = draft.extras
        product.fields = product_fields(self.declared_fields, draft, product)
        if draft.return_exception is not None:
            product.return_exception = draft.return_exception or None
        if draft.tax_class is not None:
            product.tax_class = draft.tax_class
        changed = not has_same_content(before, product)
        if changed:
            product.record_change(now)
        _change_state(product, draft.state, now)
        return changed or product.state is not before.state

    async def _count(
        self, unit: UnitOfWork, draft: ProductDraft
    ) -> tuple[bool, tuple[StockLevel, ...]]:
        """Set the counted units. Returns if a count differs, and the levels with missing units."""
        wanted = {
            variant.sku: variant.on_hand
            for variant in draft.variants
            if variant.on_hand is not None
        }
        levels = await unit.stock.levels(list(wanted)) if wanted else ()
        counted = {level.sku: level for level in levels if level.location == self.location}
        different = {
            sku: units
            for sku, units in wanted.items()
            if sku not in counted or counted[sku].on_hand != units
        }
        for sku, units in sorted(different.items()):
            counted[sku] = await unit.stock.set_on_hand(sku, self.location, units)
        return bool(different), tuple(level for level in counted.values() if level.missing)

    def _variants(self, draft: ProductDraft, existing: tuple[Variant, ...]) -> tuple[Variant, ...]:
        before = {variant.sku: variant for variant in existing}
        drafted = tuple(self._variant(each, before.get(each.sku)) for each in draft.variants)
        named = {each.sku for each in drafted}
        return (
            *drafted,
            *(each for each in existing if each.sku in draft.keep and each.sku not in named),
        )

    def _variant(self, draft: VariantDraft, existing: Variant | None) -> Variant:
        before = existing or Variant(id=VariantId(self.new_id()), sku=draft.sku, price=draft.price)
        evidence = composed(draft.suggested_by or "")
        if draft.suggested_by is None and draft.compare_at == before.compare_at:
            evidence = before.compare_at_evidence
        return replace(
            before,
            sku=draft.sku,
            price=draft.price,
            options=dict(draft.options),
            compare_at=draft.compare_at,
            compare_at_basis=CompareAtBasis.SUGGESTED if evidence else CompareAtBasis.NONE,
            compare_at_evidence=evidence,
            sale=before.sale if draft.sale is None else draft.sale or None,
            weight_grams=draft.weight_grams,
            barcode=draft.barcode,
            fields=variant_fields(self.declared_fields, draft, existing),
            **{
                name: value
                for name in ("supplier_sku", "size_mm", "picture", "extras")
                if (value := getattr(draft, name)) is not None
            },
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
            name = Text({LANGUAGES[0]: draft.brand})
            brand = Brand(id=BrandId(self.new_id()), slug=draft.brand, name=name)
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


def _check_tax_class(draft: ProductDraft, existing: Product | None, classes: Sequence[str]) -> None:
    """Refuse a class that no tax rate names: the goods would have no taxes.

    A product keeps its class when the rates change.
    """
    wanted = draft.tax_class
    is_same = existing is not None and existing.tax_class == wanted
    if wanted is not None and wanted not in classes and not is_same:
        raise Invalid("tax_class", "No tax rate has the class “{value}”.", value=wanted[:60])
