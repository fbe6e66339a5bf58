"""The columns of the fields of plugins, such as ``field:PLUGIN.name``, in all product files."""

from collections.abc import Collection, Mapping, Sequence

from adapters.feeds.rows import Row
from core.application.catalogue.feed_files import ExportedProduct
from core.domain.fields.declared import DeclaredFields, FieldValues
from core.domain.fields.field import FieldOwner

PREFIX = "field:"


def is_field(column: str) -> bool:
    return column.lower().startswith(PREFIX)


def texts_in(row: Row, columns: Collection[str]) -> Mapping[str, str]:
    """The texts by the name of the field; ``columns`` are in lower case."""
    return {
        column.removeprefix(PREFIX).strip(): row[column]
        for column in columns
        if column.startswith(PREFIX)
    }


def columns_of(exported: Sequence[ExportedProduct], declared: DeclaredFields) -> list[str]:
    """The columns of the fields that staff can edit, if a product or variant has a value."""
    used = {name for product, *_ in exported for name in product.fields}
    used |= {name for product, *_ in exported for each in product.variants for name in each.fields}
    return [PREFIX + each.name for each in declared.fields if each.name in used and each.edited_by]


def cells_of(declared: DeclaredFields, owner: FieldOwner, values: FieldValues) -> dict[str, str]:
    return {
        PREFIX + each.name: each.kind.write(values[each.name])
        for each in declared.of(owner)
        if each.name in values
    }
