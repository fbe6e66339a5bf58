"""Reads Shopify's product CSV.

All rows with one handle are one product. The first row has the fields of the product. Each row
with a price is a variant. A row with only a picture adds a picture.
"""

from collections.abc import Sequence

from adapters.feeds.field_columns import texts_in
from adapters.feeds.rows import Row, Table, category_path
from adapters.feeds.shopify_columns import (
    ALIASES,
    OPTIONS,
    ShopifyHeader,
    attributes_in,
    extras_in,
    header_of,
    variant_columns,
)
from adapters.feeds.shopify_notes import notes_on_columns, notes_on_product, notes_on_variant
from adapters.feeds.shopify_values import check_taxable, is_taxed_in, is_variant, state_in
from adapters.feeds.shopify_variants import VariantReader
from core.application.catalogue.feed_files import ReadFile, ReadProduct, RefusedRow
from core.application.catalogue.feed_keys import handle_of
from core.application.catalogue.feeds import FeedPicture, FeedProduct, FeedVariant, RowNote
from core.domain.errors import DomainError, Invalid


class ShopifyReader:
    """``media_prefix`` is the address prefix of the shop's own pictures."""

    def __init__(self, language: str, currency: str, media_prefix: str) -> None:
        self._language = language
        self._currency = currency
        self._media_prefix = media_prefix

    def read(self, table: Table) -> ReadFile:
        """Raises `UnreadableFile` if two columns have one meaning."""
        header = header_of(table.header)
        groups: dict[str, list[Row]] = {}
        for row in table.rows:
            cells = {ALIASES.get(name, name): value for name, value in row.cells.items()}
            folded = Row(row.line, cells, row.problem)
            groups.setdefault(folded["handle"].lower(), []).append(folded)
        products = [self._product(handle, group, header) for handle, group in groups.items()]
        return ReadFile(products, (*notes_on_columns(table, header), *table.notes))

    def _product(self, written: str, rows: list[Row], header: ShopifyHeader) -> ReadProduct:
        lines = tuple(row.line for row in rows)
        first = rows[0]
        try:
            if not written:
                raise Invalid("handle", "the row has no handle")
            first.check()
            if "title" in header.names and not first["title"]:
                raise Invalid("title", "the first row of a product needs a title")
            state = state_in(first)
        except DomainError as error:
            refused = tuple(RefusedRow(line, str(error)) for line in lines)
            return ReadProduct(written, None, lines, refused)
        handle = handle_of(written)
        of_variants = variant_columns(rows, header)
        variants, refused_rows = self._variants(rows, header, of_variants)
        refused = tuple(RefusedRow(row.line, reason) for row, reason in refused_rows)
        notes = self._notes(written, handle, rows, variants)
        if not variants:
            reason = RefusedRow(first.line, "no row has a price")
            return ReadProduct(handle, None, lines, refused or (reason,), notes)
        product = FeedProduct(
            line=first.line,
            handle=handle,
            language=self._language,
            title=first["title"],
            variants=tuple(variants),
            description=first["body (html)"] if "body (html)" in header.names else None,
            vendor=first["vendor"],
            type=first["type"],
            category=category_path(first["product category"]),
            tags=tuple(tag.strip() for tag in first["tags"].split(",") if tag.strip())
            if "tags" in header.names
            else None,
            pictures=self._pictures(rows) if "image src" in header.names else None,
            attributes=attributes_in(first, header),
            attribute_codes=frozenset(each.code for each in header.metafields),
            state=state,
            extras=extras_in(first, header, header.extras.keys() - of_variants),
            columns=header.columns,
            fields=texts_in(first, header.fields),
            refused=frozenset(row["variant sku"] for row, _ in refused_rows),
            is_taxed=is_taxed_in(rows, {each.line for each in variants}),
        )
        return ReadProduct(handle, product, lines, refused, notes)

    def _variants(
        self, rows: Sequence[Row], header: ShopifyHeader, extras: frozenset[str]
    ) -> tuple[list[FeedVariant], list[tuple[Row, str]]]:
        names = [rows[0][f"option{place} name"] for place in OPTIONS]
        reader = VariantReader(names, header, extras, self._currency, self._media_prefix)
        variants: list[FeedVariant] = []
        refused: list[tuple[Row, str]] = []
        seen: dict[tuple[str, ...], int] = {}
        for row in rows:
            if not is_variant(row) and not row.problem:
                continue
            try:
                variant = reader.read(row)
                check_taxable(row, rows[0])
                values = tuple(variant.options.values())
                if values in seen:
                    raise Invalid(
                        "options", "its options are those of line {line}", line=seen[values]
                    )
            except DomainError as error:
                refused.append((row, str(error)))
                continue
            seen[values] = row.line
            variants.append(variant)
        return variants, refused

    def _notes(
        self, written: str, handle: str, rows: Sequence[Row], variants: Sequence[FeedVariant]
    ) -> tuple[RowNote, ...]:
        notes = notes_on_product(rows)
        if handle != written:
            text = f"the handle “{written}” cannot be an address; the product is at “{handle}”"
            notes.append(RowNote(rows[0].line, text))
        by_line = {row.line: row for row in rows}
        for variant in variants:
            notes += notes_on_variant(by_line[variant.line])
        return tuple(notes)

    def _pictures(self, rows: list[Row]) -> tuple[FeedPicture, ...]:
        pictures: dict[str, tuple[int, str]] = {}
        for place, row in enumerate(rows):
            address = row["image src"].removeprefix(self._media_prefix)
            position = row["image position"]
            if address and address not in pictures:
                order = int(position) if position.isdecimal() else place
                pictures[address] = (order, row["image alt text"])
        ordered = sorted(pictures.items(), key=lambda item: item[1][0])
        return tuple(FeedPicture(path=path, alt=alt) for path, (_, alt) in ordered)
