"""Contradictions: parts of a promotion that make it useless or dangerous by themselves."""

from collections.abc import Iterator
from itertools import pairwise

from core.domain.pricing.promotions.amounts import Amounts
from core.domain.pricing.promotions.benefits.discounts import GoodsDiscount
from core.domain.pricing.promotions.benefits.reductions import (
    AmountOff,
    Percent,
    PlainReduction,
    PriceTo,
)
from core.domain.pricing.promotions.benefits.tiers import AmountTiers, QuantityTiers
from core.domain.pricing.promotions.circumstances import (
    Channel,
    CouponOf,
    CustomerGroup,
    CustomerLevel,
    Destination,
    FactIs,
    FactRange,
    OrderNumber,
    PaymentMethod,
    ShippingMethod,
    TimeOfWeek,
    Window,
)
from core.domain.pricing.promotions.conditions import (
    AllOf,
    Always,
    Amount,
    Condition,
    Not,
    Quantity,
    counts_goods,
)
from core.domain.pricing.promotions.filters import AnyFilter, Having, PriceRange
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.review.findings import Finding, parts_of

HUNDRED = 100


def empty_ranges(promotion: Promotion) -> Iterator[Finding]:
    """The lowest value is above the highest one."""
    for path, part in parts_of(promotion):
        match part:
            case Amount() | PriceRange():
                is_empty = _is_above(part.at_least, part.at_most)
            case Quantity():
                is_empty = 0 < part.at_most < part.at_least
            case OrderNumber():
                is_empty = 0 < part.last < part.first
            case FactRange(at_least=int() as least, at_most=int() as most):
                is_empty = most < least
            case _:
                is_empty = False
        if is_empty:
            yield Finding(path, "empty_range")


def empty_lists(promotion: Promotion) -> Iterator[Finding]:
    """Nothing is in a list of which one value must match."""
    for path, part in parts_of(promotion):
        match part:
            case Having(values=()) | AnyFilter(of=()) | FactIs(values=()) | TimeOfWeek(days=()):
                yield Finding(path, "empty_list")
            case CustomerGroup(groups=()) | CustomerLevel(levels=()) | CouponOf(batches=()):
                yield Finding(path, "empty_list")
            case Channel(channels=()) | Destination(places=()):
                yield Finding(path, "empty_list")
            case ShippingMethod(methods=()) | PaymentMethod(methods=()):
                yield Finding(path, "empty_list")
            case Not(of=Always()):
                yield Finding(path, "never")


def windows_apart(promotion: Promotion) -> Iterator[Finding]:
    """A period that must be met does not overlap that of the promotion, or is over."""
    for path, condition in required(promotion.condition, "condition"):
        if isinstance(condition, Window):
            starts = [at for at in (promotion.starts_at, condition.starts_at) if at]
            ends = [at for at in (promotion.ends_at, condition.ends_at) if at]
            if starts and ends and max(starts) >= min(ends):
                yield Finding(path, "windows_apart")


def free_goods(promotion: Promotion) -> Iterator[Finding]:
    """Everything is free, or an amount is taken off carts that are smaller."""
    conditions = [each for _, each in required(promotion.condition, "condition")]
    least = [each.at_least for each in conditions if isinstance(each, Amount)]
    for index, benefit in enumerate(promotion.benefits):
        path = f"benefits[{index}].reduction"
        match benefit:
            case GoodsDiscount(reduction=Percent(percent=percent), units=units):
                is_free = percent == HUNDRED and units.takes_all
                if is_free and not any(map(counts_goods, conditions)):
                    yield Finding(path, "free_goods")
            case GoodsDiscount(reduction=PriceTo(price=price), units=units):
                is_free = 0 in price.by_currency.values() and units.takes_all
                if is_free and not any(map(counts_goods, conditions)):
                    yield Finding(path, "free_goods")
            case GoodsDiscount(reduction=AmountOff(amount=amount)):
                if not any(_covers(each, amount) for each in least):
                    yield Finding(path, "more_than_condition")


def tiers_at_fault(promotion: Promotion) -> Iterator[Finding]:
    """A tier takes off more than the goods cost, or less than the tier before."""
    for path, part in parts_of(promotion):
        if isinstance(part, AmountTiers):
            for index, tier in enumerate(part.tiers):
                off = tier.reduction.amount if isinstance(tier.reduction, AmountOff) else None
                if off and not _covers(tier.at_least, off):
                    yield Finding(f"{path}.tiers[{index}]", "more_than_tier")
        if isinstance(part, AmountTiers | QuantityTiers):
            reductions = [tier.reduction for tier in part.tiers]
            for index, (lower, higher) in enumerate(pairwise(reductions), start=1):
                if _is_smaller(higher, lower):
                    yield Finding(f"{path}.tiers[{index}]", "falling_tiers")


def required(condition: Condition, path: str) -> Iterator[tuple[str, Condition]]:
    """The conditions that must all be met, with their paths."""
    yield path, condition
    if isinstance(condition, AllOf):
        for index, each in enumerate(condition.of):
            yield from required(each, f"{path}.of[{index}]")


def _is_above(least: Amounts, most: Amounts) -> bool:
    return any(
        minor > limit
        for currency, minor in least.by_currency.items()
        if (limit := most.get(currency)) is not None
    )


def _covers(amounts: Amounts, off: Amounts) -> bool:
    """Whether the amounts are not below what is taken off."""
    return all((amounts.get(each) or 0) >= minor for each, minor in off.by_currency.items())


def _is_smaller(higher: PlainReduction, lower: PlainReduction) -> bool:
    if isinstance(higher, Percent) and isinstance(lower, Percent):
        return higher.percent < lower.percent
    if isinstance(higher, AmountOff) and isinstance(lower, AmountOff):
        return _is_above(lower.amount, higher.amount)
    return False
