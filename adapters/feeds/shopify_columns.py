"""The columns of Shopify's product CSV, with their older and newer names.

Source: Shopify's help centre, "Using CSV files to import and export products", and its sample
files.
"""

import re
from collections.abc import Mapping, Sequence

from adapters.feeds.rows import Row
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
    "Variant Taxable": "TRUE",
    "Variant Weight Unit": "g",
}
"""Columns with the same value for every variant, because the shop has no such setting."""

MAPPED_COLUMNS = {
    name.lower()
    for name in COLUMNS
    if not name.startswith(("SEO", "Gift", "Cost"))
    and name not in {*CONSTANT_COLUMNS, "Variant Tax Code"}
}
"""Columns that the import maps to fields; most other columns are stored as extras."""

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


def is_shopify(header: Sequence[str]) -> bool:
    names = {ALIASES.get(name.lower(), name.lower()) for name in header}
    return "handle" in names and "variant price" in names


def attributes_in(row: Row, names: Mapping[str, str]) -> tuple[FeedAttribute, ...] | None:
    """Return the metafields as attributes; None if the file has no metafield columns."""
    attributes = []
    columns = [(name, METAFIELD.fullmatch(written)) for name, written in names.items()]
    for name, match in columns:
        if match and row[name]:
            labels = re.split(r";\s*|\n", row[name])
            attributes.append(
                FeedAttribute(
                    code=match["code"].removeprefix(CUSTOM_NAMESPACE),
                    name=match["name"],
                    labels=tuple(label.strip() for label in labels if label.strip()),
                )
            )
    return tuple(attributes) if any(match for _, match in columns) else None


def extras_in(row: Row, names: Mapping[str, str], *, of_variant: bool) -> dict[str, str]:
    """Return the values of unmapped columns, by the column name of an export."""
    written = {ALIASES.get(name, name): shown for name, shown in names.items()}
    titles = {name.lower(): name for name in COLUMNS}
    return {
        titles.get(name, written.get(name, name)): value
        for name, value in row.cells.items()
        if value
        and name
        and name not in MAPPED_COLUMNS
        and value != CONSTANT_COLUMNS.get(titles.get(name, ""))
        and not METAFIELD.fullmatch(written.get(name, name))
        and bool(VARIANT_COLUMN.match(name)) is of_variant
    }
