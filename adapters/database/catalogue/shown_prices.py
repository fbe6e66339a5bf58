"""The prices of cards and product pages, with the prior prices that may be crossed out.

Prices that are compiled are read. The engine makes the others: those of groups, and those that
have changed since the last compilation.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row

from adapters.database.catalogue.properties import promoted_properties
from core.domain.catalogue.variant import CompareAtBasis
from core.domain.identifiers import ProductId
from core.domain.money import Money
from core.domain.pricing.applied.prior_price import PriceLaw, PriorBasis, percent_off
from core.domain.pricing.applied.shown_prices import SEPARATOR, ShownPrice, shown_prices
from core.domain.pricing.request import RequestLine
from core.domain.pricing.rules import PricingRules
from core.domain.text import Text
from ports.catalogue.queries import PriorPrice
from ports.clock import Clock
from ports.pricing import LoadRules


class CardPrice(NamedTuple):
    """``lowest`` is the row of the variant with the price ``shown``; amounts in minor units."""

    lowest: Row[Any]
    shown: ShownPrice
    highest_minor: int
    in_stock: bool


class ShownPrices:
    def __init__(self, load_rules: LoadRules, law: PriceLaw, now: Clock) -> None:
        self._load_rules = load_rules
        self._law = law
        self._now = now

    async def cards(
        self, rows: Sequence[Row[Any]], variants: Sequence[Row[Any]], groups: frozenset[str]
    ) -> Mapping[ProductId, CardPrice]:
        """``rows`` have compiled prices. ``variants`` are those of the other products."""
        labels = labels_of(await self._load_rules()) if rows else {}
        found = {
            ProductId(row.id): CardPrice(
                row, compiled(row, labels), row.highest_minor, row.most_available > 0
            )
            for row in rows
        }
        prices = await self._live([(each, each) for each in variants], groups)
        variants_of: dict[ProductId, list[Row[Any]]] = {}
        for each in variants:
            variants_of.setdefault(ProductId(each.id), []).append(each)
        for product_id, own in variants_of.items():
            by_price = sorted(own, key=lambda each: prices[each.sku].minor)
            found[product_id] = CardPrice(
                by_price[0],
                prices[by_price[0].sku],
                prices[by_price[-1].sku].minor,
                any(each.available > 0 for each in own),
            )
        return found

    async def product(
        self, row: Row[Any], variants: Sequence[Row[Any]], groups: frozenset[str]
    ) -> Mapping[str, ShownPrice]:
        """The prices by SKU."""
        if groups or not all(each.is_compiled for each in variants):
            return await self._live([(row, each) for each in variants], groups)
        labels = labels_of(await self._load_rules())
        return {each.sku: compiled(each, labels) for each in variants}

    async def _live(
        self, pairs: Sequence[tuple[Row[Any], Row[Any]]], groups: frozenset[str]
    ) -> Mapping[str, ShownPrice]:
        """What the engine shows now. The pairs are the product and the variant."""
        if not pairs:
            return {}
        lines = [
            RequestLine(
                key=variant.sku,
                sku=variant.sku,
                quantity=1,
                list_price=variant.price_minor,
                product=product.handle,
                is_on_sale=bool(variant.is_on_sale),
                **promoted_properties(product),
            )
            for product, variant in pairs
        ]
        currency = pairs[0][1].currency
        return shown_prices(lines, await self._load_rules(), currency, self._now(), groups)

    def prior(self, variant: Row[Any], shown: ShownPrice) -> PriorPrice | None:
        """The prior price of the very reduction that is shown, if the law of the shop knows it."""
        applied = (variant.applied_minor, variant.applied_source)
        if variant.prior_minor is None or applied != (shown.minor, shown.source):
            return None
        basis = PriorBasis(variant.prior_basis)
        if basis not in self._law.bases:
            return None
        return PriorPrice(
            price=Money(variant.prior_minor, variant.currency),
            basis=basis,
            percent=percent_off(shown.minor, variant.prior_minor),
        )


def compiled(variant: Row[Any], labels: Mapping[str, Text]) -> ShownPrice:
    """The compiled price of a variant. ``labels`` are by source."""
    source = variant.applied_source
    shown = tuple(labels[each] for each in source.split(SEPARATOR) if each in labels)
    return ShownPrice(variant.applied_minor, shown, source)


def labels_of(rules: PricingRules) -> Mapping[str, Text]:
    lists = {each.code: each.label for each in rules.price_lists if each.label}
    return {**lists, **{code: each.label for code, each in rules.by_code.items()}}


def suggested_of(variant: Row[Any], shown: ShownPrice) -> Money | None:
    """The suggested retail price, if it is above the price."""
    is_suggested = variant.compare_at_basis == CompareAtBasis.SUGGESTED
    if not is_suggested or variant.compare_at_minor <= shown.minor:
        return None
    return Money(variant.compare_at_minor, variant.currency)
