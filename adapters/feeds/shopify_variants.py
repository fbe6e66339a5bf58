"""Reads one variant from a row of Shopify's product CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.feeds.field_columns import texts_in
from adapters.feeds.rows import Row
from adapters.feeds.shopify_columns import ShopifyHeader, extras_in
from adapters.feeds.shopify_values import grams_in, options_in, price_in, quantity_in, text_in
from core.application.catalogue.feeds import FeedVariant
from core.domain.catalogue.variant import MAX_SUPPLIER_SKU_LENGTH
from core.domain.errors import Invalid
from core.domain.money import Money


@dataclass(frozen=True, slots=True)
class VariantReader:
    """``option_names`` are those of the product's first row; ``extras`` the columns of variants."""

    option_names: Sequence[str]
    header: ShopifyHeader
    extras: frozenset[str]
    currency: str
    media_prefix: str

    def read(self, row: Row) -> FeedVariant:
        """Raises `Invalid`."""
        row.check()
        code = text_in(row["variant sku"])
        if len(code) > MAX_SUPPLIER_SKU_LENGTH:
            raise Invalid(
                "sku", "the SKU is longer than {most} characters", most=MAX_SUPPLIER_SKU_LENGTH
            )
        if not row["variant price"]:
            raise Invalid("price", "the price is missing")
        return FeedVariant(
            line=row.line,
            code=code,
            options=options_in(row, self.option_names),
            price=price_in(row["variant price"], self.currency),
            compare_at=self._compare_at(row),
            weight_grams=grams_in(row["variant grams"]) if self._has("variant grams") else None,
            barcode=text_in(row["variant barcode"]) if self._has("variant barcode") else None,
            picture=row["variant image"].removeprefix(self.media_prefix)
            if self._has("variant image")
            else None,
            on_hand=quantity_in(row["variant inventory qty"]),
            extras=extras_in(row, self.header, self.extras),
            fields=texts_in(row, self.header.fields),
        )

    def _has(self, column: str) -> bool:
        return column in self.header.names

    def _compare_at(self, row: Row) -> Money | Literal[""] | None:
        if not self._has("variant compare at price"):
            return None
        former = row["variant compare at price"]
        return price_in(former, self.currency) if former else ""
