"""Converts products of feeds into drafts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.application.catalogue.feed_fields import product_changes, variant_changes
from core.application.catalogue.feed_options import merge_options
from core.application.catalogue.feed_texts import (
    NO_TEXT,
    merge_attributes,
    merge_extras,
    merge_pictures,
    merge_tags,
    translated,
)
from core.application.catalogue.feed_variants import Matches, code_of, skus_of, staying_variants
from core.application.catalogue.feeds import FeedProduct, FeedVariant, RowNote
from core.domain.catalogue.product import Product
from core.domain.catalogue.tax_classes import EXEMPT, STANDARD
from core.domain.catalogue.variant import Variant
from core.domain.errors import Invalid
from core.domain.fields.declared import NO_VALUES, DeclaredFields, FieldChanges
from core.domain.identifiers import ProductId, Sku
from core.domain.money import Money

Value = TypeVar("Value", int, str)

TYPE = "Type"
SHOWN_CHARACTERS = 60
NO_EXTRAS: Mapping[str, str] = {}
NO_FIELDS = DeclaredFields()


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What the shop has already: the product, its variants by row, and the owners of SKUs.

    ``category`` is the slug of the category. ``brand`` is a slug; None does not change it.
    """

    existing: Product | None
    matches: Matches
    owners: Mapping[Sku, ProductId]
    category: str
    brand: str | None
    declared_fields: DeclaredFields = NO_FIELDS


def draft_of(product: FeedProduct, context: FeedContext) -> ProductDraft:
    """Raises `Invalid` if a new product has no title."""
    existing, language = context.existing, product.language
    title = existing.title if existing else NO_TEXT
    if product.title:
        title = translated(title, language, product.title)
    if not title:
        raise Invalid("title", "The first row of a new product needs a title.")
    description = existing.description if existing else NO_TEXT
    options, chosen = merge_options(product, existing, context.matches)
    own = existing.id if existing else None
    skus = skus_of(product, context.matches, context.owners, own)
    tags, tag_languages = merge_tags(product, existing)
    variants = existing.variants if existing else ()
    stay = staying_variants(product, variants, context.matches)
    return ProductDraft(
        handle=product.handle,
        title=title,
        category=context.category,
        brand=context.brand,
        description=translated(description, language, product.description)
        if product.description
        else None,
        tags=tags,
        tag_languages=tag_languages,
        options=options,
        variants=tuple(
            replace(
                _variant(
                    row, skus[row.line], chosen[row.line], context.matches.get(row.line), product
                ),
                fields=_variant_fields(row, context),
            )
            for row in product.variants
        ),
        attributes=merge_attributes(product, existing),
        pictures=merge_pictures(product, existing),
        state=product.state,
        extras=merge_extras(existing.extras if existing else {}, product, _cells(product, context)),
        keep=frozenset(each.sku for each in stay),
        tax_class=_tax_class(product, existing),
        fields=product_changes(
            product, existing.fields if existing else NO_VALUES, context.declared_fields
        ),
    )


def notes_on(product: FeedProduct, context: FeedContext, draft: ProductDraft) -> list[RowNote]:
    """Say which SKUs the shop made, and which variants are not in the feed any more."""
    notes = [
        RowNote(
            row.line,
            f"the SKU “{row.code[:SHOWN_CHARACTERS]}” is kept as the supplier's SKU;"
            f" the SKU of the shop is “{variant.sku}”",
        )
        for row, variant in zip(product.variants, draft.variants, strict=True)
        if row.code and row.code != variant.sku and row.line not in context.matches
    ]
    stays = {*(each.sku for each in draft.variants), *draft.keep}
    gone = [v for v in context.existing.variants if v.sku not in stays] if context.existing else []
    notes += [
        RowNote(product.line, f"the variant “{code_of(each)}” is not in the file and was removed")
        for each in gone
    ]
    return notes


def _variant(
    row: FeedVariant,
    sku: Sku,
    options: Mapping[str, str],
    before: Variant | None,
    product: FeedProduct,
) -> VariantDraft:
    extras = before.extras if before else NO_EXTRAS
    others = {name: cell for name, cell in extras.items() if name not in product.columns}
    return VariantDraft(
        sku=sku,
        price=row.price,
        options=options,
        compare_at=_compare_at(row, before),
        sale=row.sale,
        supplier_sku=_supplier_sku(row, sku, before),
        weight_grams=_first(row.weight_grams, before.weight_grams if before else 0),
        barcode=_first(row.barcode, before.barcode if before else ""),
        picture=row.picture,
        on_hand=row.on_hand,
        extras={**others, **row.extras},
    )


def _variant_fields(row: FeedVariant, context: FeedContext) -> FieldChanges | None:
    before = context.matches.get(row.line)
    return variant_changes(
        row.fields, before.fields if before else NO_VALUES, context.declared_fields
    )


def _tax_class(product: FeedProduct, existing: Product | None) -> str | None:
    """Goods that are taxed again have the standard class; any other class stays."""
    if product.tax_class or product.is_taxed is None:
        return product.tax_class
    if not product.is_taxed:
        return EXEMPT
    return STANDARD if existing and existing.tax_class == EXEMPT else None


def _first(written: Value | None, before: Value) -> Value:
    return before if written is None else written


def _supplier_sku(row: FeedVariant, sku: Sku, before: Variant | None) -> str:
    if not row.code:
        return before.supplier_sku if before else ""
    return "" if row.code == sku else row.code


def _compare_at(row: FeedVariant, before: Variant | None) -> Money | None:
    if row.compare_at is None:
        return before.compare_at if before else None
    return row.compare_at or None


def _cells(product: FeedProduct, context: FeedContext) -> Mapping[str, str]:
    """The extra columns, and the type unless it says no more than the category."""
    if not product.type or product.type == context.category:
        return product.extras
    return {**product.extras, TYPE: product.type}
