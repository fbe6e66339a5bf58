"""The fields of plugins in the drafts of products and variants."""

from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.domain.catalogue.product import Product
from core.domain.catalogue.variant import Variant
from core.domain.fields.declared import DeclaredFields, FieldValues
from core.domain.fields.field import FieldEditor, FieldOwner


def product_fields(
    declared: DeclaredFields, draft: ProductDraft, existing: Product | None
) -> FieldValues:
    """The values after the draft. Raises `Invalid` or `InvalidFields`."""
    owner = FieldOwner.PRODUCT
    before = existing.fields if existing else declared.defaults(owner)
    if draft.fields is None:
        return before
    return declared.changed(owner, before, draft.fields, FieldEditor.STAFF)


def variant_fields(
    declared: DeclaredFields, draft: VariantDraft, existing: Variant | None
) -> FieldValues:
    """The values after the draft. Raises `Invalid` or `InvalidFields`."""
    owner = FieldOwner.VARIANT
    before = existing.fields if existing else declared.defaults(owner)
    if draft.fields is None:
        return before
    prefix = f"variants.{draft.sku}."
    return declared.changed(owner, before, draft.fields, FieldEditor.STAFF, prefix)
