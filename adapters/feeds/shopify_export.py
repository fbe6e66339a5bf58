"""Shopify's product CSV, written."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from adapters.feeds.shopify import ALWAYS, COLUMNS, CUSTOM, STATES
from core.application.catalogue.feed_files import ExportedProduct
from core.domain.catalogue.product import Product, ProductState
from core.domain.identifiers import Sku

STATUS = {state: name for name, state in STATES.items()}


def write(
    products: Iterable[ExportedProduct],
    language: str,
    media_prefix: str,
) -> Iterator[str]:
    """CSV, a piece per product. Columns that only some of them need are in the header of all."""
    kept = list(products)
    extras = sorted(
        {name for product, *_ in kept for name in product.extras}
        | {name for product, *_ in kept for each in product.variants for name in each.extras}
    )
    metafields = {
        each.code: f"{each.name.in_language(language)} (product.metafields.{_key(each.code)})"
        for product, *_ in kept
        for each in product.attributes
    }
    header = [
        *COLUMNS[:-1],
        *metafields.values(),
        *(name for name in extras if name not in COLUMNS),
        COLUMNS[-1],
    ]
    yield _csv([header])
    for product, stock, category, brand in kept:
        rows = _rows(product, stock, (category, brand), (language, media_prefix))
        first = rows[0]
        for code, column in metafields.items():
            labels = [
                each.label.in_language(language) for each in product.attributes if each.code == code
            ]
            first[column] = "; ".join(labels)
        yield _csv([[row.get(name, "") for name in header] for row in rows])


def _rows(
    product: Product,
    stock: Mapping[Sku, int],
    about: tuple[tuple[str, str], str],
    how: tuple[str, str],
) -> list[dict[str, str]]:
    (path, slug), brand = about
    language, media_prefix = how
    rows: list[dict[str, str]] = [{"Handle": product.handle} for _ in product.variants] or [
        {"Handle": product.handle}
    ]
    while len(rows) < len(product.pictures):
        rows.append({"Handle": product.handle})
    rows[0] |= {
        "Title": product.title.in_language(language),
        "Body (HTML)": product.description.in_language(language),
        "Vendor": brand,
        "Product Category": path,
        "Type": slug,
        "Tags": ", ".join(product.tags),
        "Published": "TRUE" if product.state is ProductState.PUBLISHED else "FALSE",
        "Status": STATUS[product.state],
        **product.extras,
    }
    for place, option in enumerate(product.options, 1):
        rows[0][f"Option{place} Name"] = option.name.in_language(language)
    if not product.options:
        rows[0]["Option1 Name"] = "Title"
    for row, variant in zip(rows, product.variants, strict=False):
        values = {
            option.code: {value.code: value.name.in_language(language) for value in option.values}
            for option in product.options
        }
        for place, (code, names) in enumerate(values.items(), 1):
            row[f"Option{place} Value"] = names[variant.options[code]]
        if not product.options:
            row["Option1 Value"] = "Default Title"
        row |= {
            "Variant SKU": variant.sku,
            "Variant Grams": str(variant.weight_grams),
            **ALWAYS,
            "Variant Inventory Qty": str(stock.get(variant.sku, 0)),
            "Variant Price": str(variant.price.decimal),
            "Variant Compare At Price": str(variant.compare_at.decimal)
            if variant.compare_at
            else "",
            "Variant Barcode": variant.barcode,
            "Variant Image": _address(variant.picture, media_prefix),
            **variant.extras,
        }
    for place, (row, picture) in enumerate(zip(rows, product.pictures, strict=False), 1):
        row["Image Src"] = _address(picture.path, media_prefix)
        row["Image Position"] = str(place)
        row["Image Alt Text"] = picture.alt.in_language(language)
    return rows


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _key(code: str) -> str:
    return code if "." in code else CUSTOM + code


def _address(path: str, media_prefix: str) -> str:
    return path if not path or path.startswith(("http://", "https://")) else media_prefix + path


@dataclass(frozen=True, slots=True)
class FeedWriter:
    """Pictures of the shop's own are at addresses that begin with ``media_prefix``."""

    media_prefix: str

    def __call__(self, products: Iterable[ExportedProduct], language: str) -> Iterator[str]:
        return write(products, language, self.media_prefix)
