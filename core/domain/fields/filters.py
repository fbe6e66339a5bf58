"""Filterable fields as attributes of search documents, and as facets of lists."""

from collections.abc import Iterable

from core.domain.errors import Invalid
from core.domain.fields.declared import DeclaredFields, FieldValues
from core.domain.fields.field import Field, FieldOwner
from core.domain.text import Text

PREFIX = "fields."
"""The beginning of `Field.key`. No attribute of the catalogue has such a code."""


def filters_of(
    declared: DeclaredFields, product: FieldValues, variants: Iterable[FieldValues]
) -> frozenset[tuple[str, str]]:
    """Pairs of code and value: those of the product, and those of each of its variants."""
    of_variants = tuple(variants)
    return frozenset(
        (each.key, each.kind.write(values[each.name]))
        for each in declared.filterable
        for values in ((product,) if each.owner is FieldOwner.PRODUCT else of_variants)
        if each.name in values
    )


def is_filter(code: str) -> bool:
    return code.startswith(PREFIX)


def filter_field(declared: DeclaredFields, code: str) -> Field | None:
    """None if no plugin declares the filter any more."""
    field = declared.by_name.get(code.removeprefix(PREFIX))
    return field if field is not None and field.filterable else None


def filter_label(field: Field, text: str) -> Text:
    """The label of a value. One that the plugin does not declare any more is shown as it is."""
    try:
        return field.kind.shown(field.kind.read(field.key, text))
    except Invalid:
        return Text({"zh": text, "en": text})
