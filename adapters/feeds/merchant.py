"""Reads a Google Merchant product feed (TSV).

One line is one variant; lines with the same ``item_group_id`` are one product. Source:
Google Merchant Center's product data specification.
"""

from hashlib import sha256
from typing import Literal

from adapters.feeds.field_columns import texts_in
from adapters.feeds.merchant_columns import AXES, REQUIRED, normal_rows, notes_on_columns
from adapters.feeds.merchant_values import grams_in, html_of, on_hand_in, price_in, sale_in
from adapters.feeds.rows import Row, Table, category_path
from core.application.catalogue.feed_files import FeedOptions, ReadFile, ReadProduct, RefusedRow
from core.application.catalogue.feed_keys import handle_of
from core.application.catalogue.feeds import (
    FeedAttribute,
    FeedPicture,
    FeedProduct,
    FeedVariant,
    RowNote,
)
from core.domain.catalogue.product import ProductState
from core.domain.catalogue.variant import MAX_SUPPLIER_SKU_LENGTH
from core.domain.errors import DomainError, Invalid


class MerchantReader:
    """``assume_stock`` of the options is the stock of an ``in_stock`` line: it has no quantity."""

    def __init__(self, options: FeedOptions, currency: str) -> None:
        self._options = options
        self._currency = currency

    def read(self, table: Table) -> ReadFile:
        """Raises `UnreadableFile` if two columns have one meaning."""
        rows = normal_rows(table)
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(row["item_group_id"] or row["id"], []).append(row)
        products: list[ReadProduct] = []
        handles: set[str] = set()
        for group_id, group in groups.items():
            handle = handle_of(group_id)
            if handle in handles:
                # Ids differ in upper and lower case; addresses do not.
                handle = f"{handle}-{sha256(group_id.encode()).hexdigest()[:6]}"
            handles.add(handle)
            products.append(self._product(handle, group))
        return ReadFile(products, (*notes_on_columns(table.line, rows), *table.notes))

    def _product(self, handle: str, rows: list[Row]) -> ReadProduct:
        lines = tuple(row.line for row in rows)
        axes = _axes(rows)
        variants: list[FeedVariant] = []
        refused: list[RefusedRow] = []
        notes: list[RowNote] = []
        accepted: list[Row] = []
        for row in rows:
            try:
                variant, note = self._variant(row, axes)
                _check_tax_category(row, rows[0])
                if any(each.code == variant.code for each in variants):
                    raise Invalid("id", "its id “{id}” stands in the feed twice", id=variant.code)
                if any(each.options == variant.options for each in variants):
                    raise Invalid("options", "it differs in nothing from another line of its group")
            except DomainError as error:
                refused.append(RefusedRow(row.line, str(error)))
                continue
            notes += [RowNote(row.line, note)] if note else []
            variants.append(variant)
            accepted.append(row)
        if not variants:
            return ReadProduct(handle, None, lines, tuple(refused))
        refused_lines = {each.line for each in refused}
        skus = frozenset(row["id"] for row in rows if row.line in refused_lines)
        product = self._described(handle, accepted, tuple(variants), skus)
        return ReadProduct(handle, product, lines, tuple(refused), tuple(notes))

    def _described(
        self,
        handle: str,
        rows: list[Row],
        variants: tuple[FeedVariant, ...],
        refused: frozenset[str],
    ) -> FeedProduct:
        first, language = rows[0], self._options.language
        attributes = tuple(
            FeedAttribute(code=axis, name=names[language], labels=labels)
            for axis, names in AXES.items()
            if (labels := tuple(dict.fromkeys(row[axis] for row in rows if row[axis])))
        )
        return FeedProduct(
            line=first.line,
            handle=handle,
            language=language,
            title=first["title"],
            variants=variants,
            description=html_of(first["description"]),
            vendor=first["brand"],
            category=category_path(first["product_type"] or first["google_product_category"]),
            pictures=_pictures(rows),
            attributes=attributes,
            attribute_codes=frozenset(axis for axis in AXES if axis in first.cells),
            state=ProductState.PUBLISHED,
            refused=refused,
            tax_class=first["tax_category"] or None,
            fields=texts_in(first, first.cells),
        )

    def _variant(self, row: Row, axes: tuple[str, ...]) -> tuple[FeedVariant, str]:
        """Return the variant, and a note on its sale."""
        row.check()
        for name in REQUIRED:
            if not row[name]:
                raise Invalid(name, "the {name} is missing", name=name)
        if len(row["id"]) > MAX_SUPPLIER_SKU_LENGTH:
            raise Invalid(
                "id", "the id is longer than {most} characters", most=MAX_SUPPLIER_SKU_LENGTH
            )
        price = price_in(row["price"], self._currency)
        sale, note = sale_in(row, price)
        no_sale: Literal[""] | None = "" if "sale_price" in row.cells else None
        is_scheduled = sale is not None and (sale.starts_at or sale.ends_at)
        variant = FeedVariant(
            line=row.line,
            code=row["id"],
            options={AXES[axis][self._options.language]: row[axis] for axis in axes},
            # A sale without dates is the price, until the next feed.
            price=sale.price if sale and not is_scheduled else price,
            compare_at=price if sale and not is_scheduled else no_sale,
            sale=sale if sale and is_scheduled else no_sale,
            weight_grams=grams_in(row["shipping_weight"])
            if "shipping_weight" in row.cells
            else None,
            barcode=row["gtin"].split(",")[0] if "gtin" in row.cells else None,
            picture=row["image_link"] if "image_link" in row.cells else None,
            on_hand=on_hand_in(row, self._options.assume_stock),
            fields=texts_in(row, row.cells),
        )
        return variant, note


def _check_tax_category(row: Row, first: Row) -> None:
    """Raises `Invalid`: the lines of a group are one product, which has one tax class."""
    if row["tax_category"] != first["tax_category"]:
        raise Invalid(
            "tax_category",
            "the tax category “{value}” is not that of line {line}; a product has one",
            value=row["tax_category"][:40],
            line=first.line,
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
