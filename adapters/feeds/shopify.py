"""Reads Shopify's product CSV.

All rows with one handle are one product. The first row has the fields of the product. Each row
with a price is a variant. A row with only a picture adds a picture.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.feeds.rows import Row, category_path
from adapters.feeds.shopify_columns import ALIASES, OPTIONS, attributes_in, extras_in
from adapters.feeds.shopify_values import (
    grams_in,
    is_variant,
    options_in,
    price_in,
    quantity_in,
    state_in,
    text_in,
)
from core.application.catalogue.feed_drafts import sku_of
from core.application.catalogue.feed_files import ReadProduct, RefusedRow
from core.application.catalogue.feeds import FeedPicture, FeedProduct, FeedVariant
from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import check_sku, check_slug


class ShopifyReader:
    """``media_prefix`` is the address prefix of the shop's own pictures."""

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
        for handle, group in groups.items():
            yield self._product(handle, group, names)

    def _product(self, handle: str, rows: list[Row], names: Mapping[str, str]) -> ReadProduct:
        lines = tuple(row.line for row in rows)
        first = rows[0]
        try:
            if not handle:
                raise Invalid("handle", "the row has no handle")
            check_slug("handle", handle)
            if not first["title"]:
                raise Invalid("title", "the first row of a product needs a title")
            state = state_in(first)
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
            category=category_path(first["product category"]),
            tags=tuple(tag.strip() for tag in first["tags"].split(",") if tag.strip())
            if "tags" in first.cells
            else None,
            pictures=self._pictures(rows) if "image src" in first.cells else None,
            attributes=attributes_in(first, names),
            state=state,
            extras=extras_in(first, names, of_variant=False),
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
            if not is_variant(row):
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
        options = options_in(row, option_names)
        sku = text_in(row["variant sku"]) or sku_of(handle, tuple(options.values()))
        check_sku(sku)
        if not row["variant price"]:
            raise Invalid("price", "the price is missing")
        former = row["variant compare at price"]
        return FeedVariant(
            sku=sku,
            options=options,
            price=price_in(row["variant price"], self._currency),
            compare_at=price_in(former, self._currency) if former else None,
            weight_grams=grams_in(row["variant grams"]),
            barcode=text_in(row["variant barcode"]),
            picture=self._path(row["variant image"]),
            on_hand=quantity_in(row["variant inventory qty"]),
            extras=extras_in(row, names, of_variant=True),
        )

    def _pictures(self, rows: list[Row]) -> tuple[FeedPicture, ...]:
        pictures: dict[str, tuple[int, str]] = {}
        for place, row in enumerate(rows):
            address = self._path(row["image src"])
            position = row["image position"]
            if address and address not in pictures:
                order = int(position) if position.isdecimal() else place
                pictures[address] = (order, row["image alt text"])
        ordered = sorted(pictures.items(), key=lambda item: item[1][0])
        return tuple(FeedPicture(path=path, alt=alt) for path, (_, alt) in ordered)

    def _path(self, address: str) -> str:
        return address.removeprefix(self._media_prefix)
