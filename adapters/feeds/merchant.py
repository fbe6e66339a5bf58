"""Reads a Google Merchant product feed (TSV).

One line is one variant; lines with the same ``item_group_id`` are one product. Source:
Google Merchant Center's product data specification.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from adapters.feeds.rows import Row, category_path
from core.application.catalogue.feed_drafts import slug_of
from core.application.catalogue.feed_files import ReadProduct, RefusedRow
from core.application.catalogue.feeds import FeedAttribute, FeedPicture, FeedProduct, FeedVariant
from core.domain.catalogue.product import ProductState
from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import check_sku
from core.domain.money import Money

AXES = ("color", "size", "material", "pattern", "age_group", "gender")
REQUIRED = ("id", "title", "price")
AVAILABLE = {"in_stock", "in stock", "preorder", "backorder"}
UNAVAILABLE = {"out_of_stock", "out of stock"}
GRAMS = {"g": 1, "kg": 1000, "oz": 28.349523125, "lb": 453.59237}


def normal_header(name: str) -> str:
    """Return the name that Google defines for a spelling of an attribute.

    >>> normal_header("Image link [image_link]"), normal_header("g:sale price")
    ('image_link', 'sale_price')
    """
    _, bracket, inside = name.strip().lower().partition("[")
    plain = inside.rstrip("] ") if bracket else name.strip().lower()
    return plain.removeprefix("g:").replace(" ", "_")


def is_merchant(header: Sequence[str]) -> bool:
    return set(REQUIRED) <= {normal_header(name) for name in header}


class MerchantReader:
    """``assumed_stock``: units on hand of an ``in_stock`` line. The feed has no quantities."""

    def __init__(self, language: str, currency: str, assumed_stock: int) -> None:
        self._language = language
        self._currency = currency
        self._assumed_stock = assumed_stock

    def read(self, header: Sequence[str], rows: Iterable[Row]) -> Iterator[ReadProduct]:
        names = {name.lower(): normal_header(name) for name in header}
        groups: dict[str, list[Row]] = {}
        for row in rows:
            folded = Row(
                row.line, {names.get(name, name): value for name, value in row.cells.items()}
            )
            groups.setdefault(folded["item_group_id"] or folded["id"], []).append(folded)
        handles: set[str] = set()
        for group_id, group in groups.items():
            handle = slug_of(group_id)
            if handle in handles:
                handle = f"{handle}-{sha256(group_id.encode()).hexdigest()[:6]}"
            handles.add(handle)
            yield self._product(handle, group)

    def _product(self, handle: str, rows: list[Row]) -> ReadProduct:
        lines = tuple(row.line for row in rows)
        axes = _axes(rows)
        variants: list[FeedVariant] = []
        refused: list[RefusedRow] = []
        accepted: list[Row] = []
        for row in rows:
            try:
                variant = self._variant(row, axes)
                if any(each.sku == variant.sku for each in variants):
                    raise Invalid("id", "its id “{id}” stands in the feed twice", id=variant.sku)
                if any(each.options == variant.options for each in variants):
                    raise Invalid("options", "it differs in nothing from another line of its group")
            except DomainError as error:
                refused.append(RefusedRow(row.line, str(error)))
                continue
            variants.append(variant)
            accepted.append(row)
        if not variants:
            return ReadProduct(handle, None, lines, tuple(refused))
        product = self._described(handle, accepted, tuple(variants))
        refused_lines = {each.line for each in refused}
        skus = frozenset(row["id"] for row in rows if row.line in refused_lines and row["id"])
        return ReadProduct(handle, replace(product, refused=skus), lines, tuple(refused))

    def _described(
        self, handle: str, rows: list[Row], variants: tuple[FeedVariant, ...]
    ) -> FeedProduct:
        first = rows[0]
        attributes = tuple(
            FeedAttribute(code=axis, name=axis.replace("_", " ").capitalize(), labels=labels)
            for axis in AXES
            if (labels := tuple(dict.fromkeys(row[axis] for row in rows if row[axis])))
        )
        return FeedProduct(
            handle=handle,
            language=self._language,
            title=first["title"],
            variants=variants,
            description=_paragraphs(first["description"]),
            vendor=first["brand"],
            category=category_path(first["product_type"] or first["google_product_category"]),
            pictures=_pictures(rows),
            attributes=attributes,
            state=ProductState.PUBLISHED,
        )

    def _variant(self, row: Row, axes: tuple[str, ...]) -> FeedVariant:
        for name in REQUIRED:
            if not row[name]:
                raise Invalid(name, "the {name} is missing", name=name)
        check_sku(row["id"])
        price = self._price(row["price"])
        sale = self._price(row["sale_price"]) if row["sale_price"] else None
        return FeedVariant(
            sku=row["id"],
            options={axis.replace("_", " ").capitalize(): row[axis] for axis in axes},
            price=sale or price,
            compare_at=price if sale else None,
            weight_grams=_grams(row["shipping_weight"]),
            barcode=row["gtin"].split(",")[0],
            picture=row["image_link"],
            on_hand=self._on_hand(row),
        )

    def _price(self, text: str) -> Money:
        amount, _, currency = text.rpartition(" ")
        if currency != self._currency:
            raise Invalid(
                "price",
                "the price “{value}” must be written like 15.00 {currency}",
                value=text[:40],
                currency=self._currency,
            )
        return Money.parse(amount, currency)

    def _on_hand(self, row: Row) -> int:
        availability = row["availability"].lower()
        if availability in UNAVAILABLE:
            return 0
        if availability in AVAILABLE:
            return self._assumed_stock
        raise Invalid(
            "availability",
            "the availability “{value}” is none; use in_stock or out_of_stock",
            value=availability[:40],
        )


def _axes(rows: list[Row]) -> tuple[str, ...]:
    """Return the attributes in which the lines of a group differ; they become the options."""
    if len(rows) == 1:
        return ()
    complete = [axis for axis in AXES if all(row[axis] for row in rows)]
    different = tuple(axis for axis in complete if len({row[axis] for row in rows}) > 1)
    return different[:3]


def _pictures(rows: list[Row]) -> tuple[FeedPicture, ...]:
    addresses = [
        address
        for row in rows
        for address in (row["image_link"], *row["additional_image_link"].split(","))
        if address.strip()
    ]
    return tuple(FeedPicture(path=address.strip(), alt="") for address in dict.fromkeys(addresses))


def _paragraphs(text: str) -> str:
    """Convert plain text to HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<p>{escaped}</p>" if escaped else ""


def _grams(text: str) -> int:
    if not text:
        return 0
    amount, _, unit = text.partition(" ")
    try:
        return round(float(amount) * GRAMS[unit.strip().lower()])
    except (ValueError, KeyError, OverflowError) as error:
        raise Invalid(
            "weight", "the weight “{value}” must be written like 1.5 kg", value=text[:40]
        ) from error
