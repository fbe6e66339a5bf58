"""The values of fields of plugins in a feed, which has the columns of products and variants."""

from collections.abc import Mapping

from core.application.catalogue.feeds import FeedProduct
from core.domain.errors import Invalid
from core.domain.fields.declared import DeclaredFields, FieldChanges, FieldValues
from core.domain.fields.field import GOODS, FieldOwner


def product_changes(
    product: FeedProduct, before: FieldValues, declared: DeclaredFields
) -> FieldChanges | None:
    """Raises `Invalid`, also for a value of the product in the row of another variant."""
    changes = _changes(product.fields, FieldOwner.PRODUCT, before, declared)
    for variant in product.variants:
        for name, text in variant.fields.items():
            if _is_of(name, FieldOwner.PRODUCT, declared) and text not in {
                "",
                product.fields.get(name),
            }:
                raise Invalid(
                    "field",
                    "the field “{name}” is one of the product: write it in line {line}",
                    name=name,
                    line=product.line,
                )
    return changes


def variant_changes(
    texts: Mapping[str, str], before: FieldValues, declared: DeclaredFields
) -> FieldChanges | None:
    """Raises `Invalid`."""
    return _changes(texts, FieldOwner.VARIANT, before, declared)


def _changes(
    texts: Mapping[str, str], owner: FieldOwner, before: FieldValues, declared: DeclaredFields
) -> FieldChanges | None:
    """An empty cell removes a value. None without columns."""
    changes: dict[str, str | int | bool | None] = {}
    for name, text in texts.items():
        field = declared.by_name.get(name)
        if field is None:
            raise Invalid("field", "there is no field “{name}”", name=name[:100])
        if field.owner not in GOODS:
            raise Invalid("field", "the field “{name}” is not of products", name=name)
        if not _is_of(name, owner, declared) or (not text and name not in before):
            continue
        try:
            changes |= declared.read(owner, {name: text})
        except Invalid as error:
            raise Invalid(
                "field", "the field “{name}”: {reason}", name=name, reason=str(error)
            ) from error
    return changes or None


def _is_of(name: str, owner: FieldOwner, declared: DeclaredFields) -> bool:
    field = declared.by_name.get(name)
    return field is not None and field.owner is owner
