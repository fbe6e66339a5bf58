"""The columns of Shopify's product CSV, with their older and newer names.

Source: Shopify's help centre, "Using CSV files to import and export products", and its sample
files.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from adapters.feeds.field_columns import is_field
from adapters.feeds.rows import Row
from core.application.catalogue.feed_files import UnreadableFile
from core.application.catalogue.feed_texts import labels_in
from core.application.catalogue.feeds import FeedAttribute
from core.domain.catalogue.product import ProductState

ALIASES = {
    "url handle": "handle",
    "description": "body (html)",
    "published on online store": "published",
    "sku": "variant sku",
    "barcode": "variant barcode",
    "barcodes": "variant barcode",
    "variant barcodes": "variant barcode",
    "price": "variant price",
    "compare-at price": "variant compare at price",
    "charge tax": "variant taxable",
    "tax code": "variant tax code",
    "inventory tracker": "variant inventory tracker",
    "inventory quantity": "variant inventory qty",
    "continue selling when out of stock": "variant inventory policy",
    "weight value (grams)": "variant grams",
    "weight unit for display": "variant weight unit",
    "requires shipping": "variant requires shipping",
    "fulfillment service": "variant fulfillment service",
    "product image url": "image src",
    "variant image url": "variant image",
}
"""Newer name → the older name that the reader uses; both in lower case."""

OPTIONS = (1, 2, 3)
COLUMNS = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Product Category",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "Gift Card",
    "SEO Title",
    "SEO Description",
    "Variant Image",
    "Variant Weight Unit",
    "Variant Tax Code",
    "Cost per item",
    "Status",
]
CONSTANT_COLUMNS = {
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Policy": "deny",
    "Variant Fulfillment Service": "manual",
    "Variant Requires Shipping": "TRUE",
    "Variant Weight Unit": "g",
}
"""Columns with the same value for every variant, because the shop has no such setting."""

TYPE = "Type"
MAPPED_COLUMNS = {
    name.lower()
    for name in COLUMNS
    if not name.startswith(("SEO", "Gift", "Cost"))
    and name not in {*CONSTANT_COLUMNS, "Variant Tax Code"}
}
"""Columns that the import maps to fields; the others are stored as extras."""

VARIANT_COLUMN = re.compile(
    r"variant |cost per item|included /|price /|compare at price /|compare-at price /|unit price"
)
"""Columns that describe a variant, not its product."""

METAFIELD = re.compile(r"(?P<name>.*?)\s*\(product\.metafields\.(?P<code>[^)]+)\)")
CUSTOM_NAMESPACE = "custom."
STATES = {
    "active": ProductState.PUBLISHED,
    "draft": ProductState.DRAFT,
    "archived": ProductState.ARCHIVED,
}
TITLES = {name.lower(): name for name in COLUMNS}


def is_shopify(header: Sequence[str]) -> bool:
    names = {ALIASES.get(name.lower(), name.lower()) for name in header}
    return "handle" in names and "variant price" in names


@dataclass(frozen=True, slots=True)
class Metafield:
    """``column`` is the key of the column, ``code`` the code of the attribute."""

    column: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class ShopifyHeader:
    """``names`` are the older column names. ``extras`` are the names of an export by column.

    ``fields`` are the columns of fields of plugins.
    """

    names: frozenset[str]
    extras: Mapping[str, str]
    metafields: tuple[Metafield, ...]
    fields: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        has_type = {TYPE} if TYPE.lower() in self.names else set()
        return frozenset({*self.extras.values(), *has_type})


def header_of(written: Sequence[str]) -> ShopifyHeader:
    """Raises `UnreadableFile` if two columns have one meaning."""
    extras: dict[str, str] = {}
    metafields: list[Metafield] = []
    fields: list[str] = []
    names: set[str] = set()
    for column in filter(None, written):
        name = ALIASES.get(column.lower(), column.lower())
        if name in names:
            raise UnreadableFile(f"The column “{TITLES.get(name, column)}” is in the header twice.")
        names.add(name)
        if match := METAFIELD.fullmatch(column):
            code = match["code"].removeprefix(CUSTOM_NAMESPACE)
            metafields.append(Metafield(name, match["name"], code))
        elif is_field(column):
            fields.append(name)
        elif name not in MAPPED_COLUMNS:
            extras[name] = TITLES.get(name, column)
    return ShopifyHeader(frozenset(names), extras, tuple(metafields), tuple(fields))


def attributes_in(row: Row, header: ShopifyHeader) -> tuple[FeedAttribute, ...]:
    return tuple(
        FeedAttribute(code=each.code, name=each.name, labels=labels)
        for each in header.metafields
        if (labels := labels_in(row[each.column]))
    )


def variant_columns(rows: Sequence[Row], header: ShopifyHeader) -> frozenset[str]:
    """The extra columns of a product that describe its variants: by name, or in several rows."""
    return frozenset(
        column
        for column in header.extras
        if VARIANT_COLUMN.match(column) or any(row[column] for row in rows[1:])
    )


def extras_in(row: Row, header: ShopifyHeader, columns: Collection[str]) -> dict[str, str]:
    """Return the values of these extra columns by the column names of an export."""
    return {
        name: row[column]
        for column, name in header.extras.items()
        if column in columns and row[column] and row[column] != CONSTANT_COLUMNS.get(name, "")
    }
