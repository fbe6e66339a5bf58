"""Shopify's product CSV, its older and its newer column names, read.

Rows of one handle are one product: the first has what belongs to the product, each row
with a price is a variant, a row with a picture alone is one more picture. Source: Shopify's
help centre, "Using CSV files to import and export products", and its sample files.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.feeds.rows import Row
from core.application.catalogue.feed_drafts import sku_of
from core.application.catalogue.feed_files import ReadProduct, RefusedRow
from core.application.catalogue.feeds import FeedAttribute, FeedPicture, FeedProduct, FeedVariant
from core.domain.catalogue.product import ProductState
from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import check_sku, check_slug
from core.domain.money import Money

# New name → the older one that the rest of this module uses, both in lower case.
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
OPTIONS = (1, 2, 3)
LONGEST_NUMBER = 9
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
# What an export says of every variant: the shop knows one way of doing these things.
ALWAYS = {
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Policy": "deny",
    "Variant Fulfillment Service": "manual",
    "Variant Requires Shipping": "TRUE",
    "Variant Taxable": "TRUE",
    "Variant Weight Unit": "g",
}
OURS = {
    name.lower()
    for name in COLUMNS
    if not name.startswith(("SEO", "Gift", "Cost")) and name not in {*ALWAYS, "Variant Tax Code"}
}
OF_A_VARIANT = re.compile(
    r"variant |cost per item|included /|price /|compare at price /|compare-at price /|unit price"
)
METAFIELD = re.compile(r"(?P<name>.*?)\s*\(product\.metafields\.(?P<code>[^)]+)\)")
CUSTOM = "custom."
LOSSY = re.compile(r"\d+(\.\d+)?[eE][+-]?\d+")
STATES = {
    "active": ProductState.PUBLISHED,
    "draft": ProductState.DRAFT,
    "archived": ProductState.ARCHIVED,
}


def is_shopify(header: Sequence[str]) -> bool:
    names = {ALIASES.get(name.lower(), name.lower()) for name in header}
    return "handle" in names and "variant price" in names


class ShopifyReader:
    """``media_prefix`` is what stands before our own pictures in an export of ours."""

    def __init__(self, language: str, currency: str, media_prefix: str) -> None:
        self._language = language
        self._currency = currency
        self._media_prefix = media_prefix

    def read(self, header: Sequence[str], rows: Iterable[Row]) -> Iterator[ReadProduct]:
        names = {name.lower(): name for name in header}
        groups: dict[str, list[Row]] = {}
        for row in rows:
            folded = Row(
                row.line, {ALIASES.get(name, name): value for name, value in row.cells.items()}
            )
            groups.setdefault(folded["handle"].lower(), []).append(folded)
        for handle, own in groups.items():
            yield self._product(handle, own, names)

    def _product(self, handle: str, rows: list[Row], names: Mapping[str, str]) -> ReadProduct:
        lines = tuple(row.line for row in rows)
        first = rows[0]
        try:
            if not handle:
                raise Invalid("handle", "the row has no handle")
            check_slug("handle", handle)
            if not first["title"]:
                raise Invalid("title", "the first row of a product needs a title")
            state = _state(first)
        except DomainError as error:
            refused = tuple(RefusedRow(line, str(error)) for line in lines)
            return ReadProduct(handle, None, lines, refused)
        variants, refused_rows = self._variants(handle, rows, names)
        refused = tuple(RefusedRow(row.line, reason) for row, reason in refused_rows)
        if not variants:
            return ReadProduct(
                handle, None, lines, refused or (RefusedRow(first.line, "no row has a price"),)
            )
        product = FeedProduct(
            handle=handle,
            language=self._language,
            title=first["title"],
            variants=tuple(variants),
            description=first["body (html)"] if "body (html)" in first.cells else None,
            vendor=first["vendor"],
            type=first["type"],
            category=path_of(first["product category"]),
            tags=tuple(tag.strip() for tag in first["tags"].split(",") if tag.strip())
            if "tags" in first.cells
            else None,
            pictures=self._pictures(rows) if "image src" in first.cells else None,
            attributes=_attributes(first, names),
            state=state,
            extras=_extras(first, names, of_a_variant=False),
            refused=frozenset(row["variant sku"] for row, _ in refused_rows if row["variant sku"]),
        )
        return ReadProduct(handle, product, lines, refused)

    def _variants(
        self, handle: str, rows: list[Row], names: Mapping[str, str]
    ) -> tuple[list[FeedVariant], list[tuple[Row, str]]]:
        option_names = [rows[0][f"option{place} name"] for place in OPTIONS]
        variants: list[FeedVariant] = []
        refused: list[tuple[Row, str]] = []
        seen: dict[tuple[str, ...], int] = {}
        skus: dict[str, int] = {}
        for row in rows:
            if not _is_variant(row):
                continue
            try:
                variant = self._variant(handle, row, option_names, names)
                values = tuple(variant.options.values())
                if values in seen:
                    raise Invalid(
                        "options", "its options are those of line {line}", line=seen[values]
                    )
                if variant.sku in skus:
                    raise Invalid("sku", "its SKU is that of line {line}", line=skus[variant.sku])
            except DomainError as error:
                refused.append((row, str(error)))
                continue
            seen[values], skus[variant.sku] = row.line, row.line
            variants.append(variant)
        return variants, refused

    def _variant(
        self, handle: str, row: Row, option_names: list[str], names: Mapping[str, str]
    ) -> FeedVariant:
        options = _options(row, option_names)
        sku = _text(row["variant sku"]) or sku_of(handle, tuple(options.values()))
        check_sku(sku)
        if not row["variant price"]:
            raise Invalid("price", "the price is missing")
        former = row["variant compare at price"]
        return FeedVariant(
            sku=sku,
            options=options,
            price=_price(row["variant price"], self._currency),
            compare_at=_price(former, self._currency) if former else None,
            weight_grams=_grams(row["variant grams"]),
            barcode=_text(row["variant barcode"]),
            picture=self._path(row["variant image"]),
            on_hand=_quantity(row["variant inventory qty"]),
            extras=_extras(row, names, of_a_variant=True),
        )

    def _pictures(self, rows: list[Row]) -> tuple[FeedPicture, ...]:
        found: dict[str, tuple[int, str]] = {}
        for place, row in enumerate(rows):
            address = self._path(row["image src"])
            position = row["image position"]
            if address and address not in found:
                order = int(position) if position.isdecimal() else place
                found[address] = (order, row["image alt text"])
        ordered = sorted(found.items(), key=lambda item: item[1][0])
        return tuple(FeedPicture(path=path, alt=alt) for path, (_, alt) in ordered)

    def _path(self, address: str) -> str:
        return address.removeprefix(self._media_prefix)


def _is_variant(row: Row) -> bool:
    told = ("variant price", "variant sku", *(f"option{place} value" for place in OPTIONS))
    return any(row[name] for name in told)


def _options(row: Row, names: list[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for place, name in zip(OPTIONS, names, strict=True):
        value = row[f"option{place} value"]
        if name and not value:
            raise Invalid("options", "the option {name} has no value", name=name)
        if value and not name:
            raise Invalid("options", "the value {value} belongs to no option", value=value)
        if name and (name, value) != ("Title", "Default Title"):
            options[name] = value
    return options


def _state(row: Row) -> ProductState | None:
    status = row["status"].lower()
    if status and status not in STATES:
        raise Invalid(
            "status", "“{value}” is no status; use active, draft or archived", value=status
        )
    published = row["published"].lower()
    if published == "false" and status in {"", "active"}:
        return ProductState.DRAFT
    if status:
        return STATES[status]
    return ProductState.PUBLISHED if "published" in row.cells else None


def path_of(text: str) -> tuple[str, ...]:
    """``Home > Lighting > Lamps`` as its names."""
    return tuple(part.strip() for part in text.split(">") if part.strip())


def _attributes(row: Row, names: Mapping[str, str]) -> tuple[FeedAttribute, ...] | None:
    found = []
    columns = [(name, METAFIELD.fullmatch(written)) for name, written in names.items()]
    for name, match in columns:
        if match and row[name]:
            labels = re.split(r";\s*|\n", row[name])
            found.append(
                FeedAttribute(
                    code=match["code"].removeprefix(CUSTOM),
                    name=match["name"],
                    labels=tuple(label.strip() for label in labels if label.strip()),
                )
            )
    return tuple(found) if any(match for _, match in columns) else None


def _extras(row: Row, names: Mapping[str, str], *, of_a_variant: bool) -> dict[str, str]:
    written = {ALIASES.get(name, name): shown for name, shown in names.items()}
    titles = {name.lower(): name for name in COLUMNS}
    return {
        titles.get(name, written.get(name, name)): value
        for name, value in row.cells.items()
        if value
        and name
        and name not in OURS
        and value != ALWAYS.get(titles.get(name, ""))
        and not METAFIELD.fullmatch(written.get(name, name))
        and bool(OF_A_VARIANT.match(name)) is of_a_variant
    }


def _text(value: str) -> str:
    """Without the apostrophe that spreadsheets put before digits; refuse what they have lost."""
    if LOSSY.fullmatch(value):
        raise Invalid(
            "barcode", "“{value}” was shortened by a spreadsheet; format it as text", value=value
        )
    return value.removeprefix("'")


def _price(text: str, currency: str) -> Money:
    price = Money.parse(text, currency)
    if price.minor < 0:
        raise Invalid("price", "the price {value} is below zero", value=text)
    return price


def _grams(text: str) -> int:
    """Grams may have decimals: 226.796185 are eight ounces."""
    if not text:
        return 0
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdecimal() or not whole or len(whole) > LONGEST_NUMBER:
        raise Invalid("weight", "the weight “{value}” is not a number of grams", value=text[:40])
    return int(whole) + (1 if fraction[:1] >= "5" else 0)


def _quantity(text: str) -> int | None:
    if not text:
        return None
    if not text.removeprefix("-").isdecimal() or len(text) > LONGEST_NUMBER:
        raise Invalid("quantity", "the quantity “{value}” is not a whole number", value=text[:40])
    if text.startswith("-"):
        raise Invalid("quantity", "the quantity {value} is below zero", value=text)
    return int(text)
