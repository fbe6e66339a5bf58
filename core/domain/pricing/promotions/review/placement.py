"""Whether a promotion fits its lane, the currencies of the shop, and the present time."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.promotions.amounts import Amounts
from core.domain.pricing.promotions.benefits.discounts import GoodsDiscount
from core.domain.pricing.promotions.benefits.tiers import AmountTiers, QuantityTiers
from core.domain.pricing.promotions.circumstances import (
    CouponOf,
    FactIs,
    FactRange,
    OrderNumber,
    PaymentMethod,
    ShippingMethod,
)
from core.domain.pricing.promotions.conditions import Amount, Contains, DistinctProducts, Quantity
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.proposal import Benefit
from core.domain.pricing.promotions.review.findings import Finding, parts_of
from core.domain.pricing.settings import PricingSettings

OF_A_CART = (
    *(Amount, Quantity, DistinctProducts, Contains),
    *(CouponOf, OrderNumber, PaymentMethod, ShippingMethod, FactIs, FactRange),
)
"""Conditions that are not known when a list of goods is shown."""


def unused_lane(promotion: Promotion, settings: PricingSettings) -> Iterator[Finding]:
    if promotion.lane not in {Lane.CATALOGUE, *settings.lanes}:
        yield Finding("lane", "unused_lane")


def not_in_lists(promotion: Promotion) -> Iterator[Finding]:
    """The catalogue lane makes the prices in lists."""
    if promotion.lane is not Lane.CATALOGUE:
        return
    for path, part in parts_of(promotion):
        if isinstance(part, OF_A_CART):
            yield Finding(path, "not_in_lists")
    for index, benefit in enumerate(promotion.benefits):
        if not _is_of_each_unit(benefit):
            yield Finding(f"benefits[{index}]", "not_in_lists")
    if promotion.by_coupon:
        yield Finding("by_coupon", "not_in_lists")
    if promotion.limits:
        yield Finding("limits[0]", "no_limit_in_lists")


def missing_currencies(promotion: Promotion, currencies: Sequence[str]) -> Iterator[Finding]:
    """An amount is not given in a currency of the shop."""
    for path, part in parts_of(promotion):
        for name in (each.name for each in fields(part)):  # type: ignore[arg-type]
            amounts = getattr(part, name)
            if isinstance(amounts, Amounts) and amounts:
                for currency in currencies:
                    if amounts.get(currency) is None:
                        yield Finding(f"{path}.{name}", "no_currency", {"currency": currency})


def has_ended(promotion: Promotion, now: datetime) -> Iterator[Finding]:
    if promotion.ends_at and promotion.ends_at <= now:
        yield Finding("ends_at", "has_ended")


def _is_of_each_unit(benefit: Benefit) -> bool:
    return (
        isinstance(benefit, GoodsDiscount)
        and not isinstance(benefit.reduction, AmountTiers | QuantityTiers)
        and benefit.units.takes_all
        and not benefit.cap
        and not benefit.includes_shipping
    )
