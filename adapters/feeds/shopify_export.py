"""Writes Shopify's product CSV."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest

from adapters.feeds.field_columns import cells_of, columns_of
from adapters.feeds.shopify_columns import (
    COLUMNS,
    CONSTANT_COLUMNS,
    CUSTOM_NAMESPACE,
    STATES,
    TYPE,
)
from core.application.catalogue.feed_files import ExportedProduct
from core.application.catalogue.feed_texts import LABEL_SEPARATOR, tags_in
from core.domain.catalogue.product import Product, ProductState
from core.domain.catalogue.tax_classes import EXEMPT
from core.domain.catalogue.variant import Variant
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import Sku

NO_FIELDS = DeclaredFields()
STATUS = {state: name for name, state in STATES.items()}


@dataclass(frozen=True, slots=True)
class FeedWriter:
    """``media_prefix`` is the address prefix of the shop's own pictures."""

    media_prefix: str
    declared_fields: DeclaredFields

    def __call__(self, products: Iterable[ExportedProduct], language: str) -> Iterator[str]:
        return write(products, language, self.media_prefix, self.declared_fields)


def write(
    products: Iterable[ExportedProduct],
    language: str,
    media_prefix: str,
    declared: DeclaredFields = NO_FIELDS,
) -> Iterator[str]:
    """Yield the CSV text: the header, then one chunk per product."""
    exported = list(products)
    metafields = _metafields(exported, language)
    fields = columns_of(exported, declared)
    header = [*COLUMNS[:-1], *metafields.values(), *fields, *_extras(exported), COLUMNS[-1]]
    yield _csv([header])
    no_cells: dict[str, str] = {}
    for product, stock, (path, slug), brand in exported:
        variants = [
            _variant_cells(product, variant, stock, language)
            | {"Variant Image": _address(variant.picture, media_prefix)}
            | cells_of(declared, FieldOwner.VARIANT, variant.fields)
            for variant in product.variants
        ]
        pictures = [
            {
                "Image Src": _address(picture.path, media_prefix),
                "Image Position": str(position),
                "Image Alt Text": picture.alt.in_language(language),
            }
            for position, picture in enumerate(product.pictures, 1)
        ]
        rows = [
            {"Handle": product.handle} | variant | picture
            for variant, picture in zip_longest(
                variants or [no_cells], pictures, fillvalue=no_cells
            )
        ]
        rows[0] |= {"Vendor": brand, "Product Category": path, TYPE: slug}
        rows[0] |= _product_cells(product, language, metafields)
        rows[0] |= cells_of(declared, FieldOwner.PRODUCT, product.fields)
        yield _csv([[row.get(name, "") for name in header] for row in rows])


def _extras(exported: Sequence[ExportedProduct]) -> list[str]:
    products = {name for product, *_ in exported for name in product.extras}
    variants = {
        name for product, *_ in exported for each in product.variants for name in each.extras
    }
    return sorted((products | variants) - {*COLUMNS})


def _metafields(exported: Sequence[ExportedProduct], language: str) -> dict[tuple[str, str], str]:
    """Return the column of each code and name: products may name one attribute differently."""
    return {
        (each.code, name): f"{name} (product.metafields.{_key(each.code)})"
        for product, *_ in exported
        for each in product.attributes
        for name in [each.name.in_language(language)]
    }


def _product_cells(
    product: Product, language: str, metafields: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    names = [option.name.in_language(language) for option in product.options] or ["Title"]
    return {
        "Title": product.title.in_language(language),
        "Body (HTML)": product.description.in_language(language),
        "Tags": ", ".join(tags_in(product.tags, product.tag_languages, language)),
        "Published": "TRUE" if product.state is ProductState.PUBLISHED else "FALSE",
        "Status": STATUS[product.state],
        **{name: text.in_language(language) for name, text in product.extras.items()},
        **{f"Option{place} Name": name for place, name in enumerate(names, 1)},
        **{
            column: LABEL_SEPARATOR.join(
                each.label.in_language(language)
                for each in product.attributes
                if (each.code, each.name.in_language(language)) == key
            )
            for key, column in metafields.items()
        },
    }


def _variant_cells(
    product: Product, variant: Variant, stock: Mapping[Sku, int], language: str
) -> dict[str, str]:
    values = [
        {value.code: value.name for value in option.values}[
            variant.options[option.code]
        ].in_language(language)
        for option in product.options
    ] or ["Default Title"]
    return {
        **{f"Option{place} Value": value for place, value in enumerate(values, 1)},
        "Variant SKU": variant.supplier_sku or variant.sku,
        "Variant Grams": str(variant.weight_grams),
        **CONSTANT_COLUMNS,
        "Variant Inventory Qty": str(stock.get(variant.sku, "")),
        "Variant Price": str(variant.price.decimal),
        "Variant Compare At Price": str(variant.compare_at.decimal) if variant.compare_at else "",
        "Variant Barcode": variant.barcode,
        **variant.extras,
        "Variant Taxable": "FALSE" if product.tax_class == EXEMPT else "TRUE",
    }


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _key(code: str) -> str:
    return code if "." in code else CUSTOM_NAMESPACE + code


def _address(path: str, media_prefix: str) -> str:
    return path if not path or path.startswith(("http://", "https://")) else media_prefix + path
