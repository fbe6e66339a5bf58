"""Conflicts: promotions that close each other."""

from collections.abc import Iterator, Sequence

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.calculation.worksheet import Property
from core.domain.pricing.promotions.benefits.discounts import GoodsDiscount
from core.domain.pricing.promotions.benefits.sets import SetDiscount
from core.domain.pricing.promotions.conditions import ALWAYS
from core.domain.pricing.promotions.filters import EVERYTHING, Filter, Having
from core.domain.pricing.promotions.promotion import Exclusive, Promotion
from core.domain.pricing.promotions.review.findings import Finding

ONE_VALUE = {Property.SKU, Property.PRODUCT, Property.BRAND, Property.SELLER}
"""Properties of which goods have one value."""


def conflicts(promotion: Promotion, others: Sequence[Promotion]) -> Iterator[Finding]:
    """The others that close this promotion, or fight it for the same goods."""
    for other in others:
        if other.code == promotion.code or not _meet(promotion, other):
            continue
        values = {"other": other.label}
        if _always_closes(other, promotion):
            yield Finding("lane", "always_closed", values)
        elif _are_exclusive(promotion, other) and _share_goods(promotion, other):
            yield Finding("exclusive", "both_exclusive", values)


def _meet(one: Promotion, other: Promotion) -> bool:
    """Whether the promotions can be in one calculation, one closing the other."""
    if Lane.CATALOGUE in {one.lane, other.lane}:
        in_reach = one.lane is other.lane
    else:
        in_reach = one.lane is other.lane or Exclusive.OVERALL in {one.exclusive, other.exclusive}
    return in_reach and _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: Promotion, other: Promotion) -> bool:
    return not one.starts_at or not other.ends_at or one.starts_at < other.ends_at


def _always_closes(other: Promotion, promotion: Promotion) -> bool:
    """Whether the other is exclusive, has no condition, and lasts as long."""
    starts_first = not other.starts_at or (
        promotion.starts_at is not None and other.starts_at <= promotion.starts_at
    )
    ends_last = not other.ends_at or (
        promotion.ends_at is not None and promotion.ends_at <= other.ends_at
    )
    goes_first = promotion.exclusive is Exclusive.NO or other.rank < promotion.rank
    return (
        other.exclusive is not Exclusive.NO
        and other.condition == ALWAYS
        and not other.by_coupon
        and not other.limits
        and EVERYTHING in _goods(other)
        and (starts_first and ends_last and goes_first)
    )


def _are_exclusive(one: Promotion, other: Promotion) -> bool:
    return Exclusive.NO not in {one.exclusive, other.exclusive}


def _share_goods(one: Promotion, other: Promotion) -> bool:
    """Whether some goods may be in both; only filters of one property can be told apart."""
    return any(not _are_apart(mine, theirs) for mine in _goods(one) for theirs in _goods(other))


def _are_apart(mine: Filter, theirs: Filter) -> bool:
    return (
        isinstance(mine, Having)
        and isinstance(theirs, Having)
        and mine.by is theirs.by
        and mine.by in ONE_VALUE
        and set(mine.values).isdisjoint(theirs.values)
    )


def _goods(promotion: Promotion) -> list[Filter]:
    goods: list[Filter] = []
    for benefit in promotion.benefits:
        if isinstance(benefit, GoodsDiscount):
            goods.append(benefit.goods)
        elif isinstance(benefit, SetDiscount):
            goods += [part.goods for part in benefit.parts]
        else:
            goods.append(EVERYTHING)
    return goods
