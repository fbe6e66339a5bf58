"""The terms of a promotion in sentences for the buyer: what it gives, and what it asks for."""

from collections.abc import Iterator

from core.domain.money import Money
from core.domain.pricing.promotions.benefits.discounts import GoodsDiscount, ShippingDiscount
from core.domain.pricing.promotions.benefits.reductions import (
    HUNDRED,
    AmountOff,
    Percent,
    Reduction,
)
from core.domain.pricing.promotions.benefits.tiers import AmountTiers
from core.domain.pricing.promotions.circumstances import OrderNumber
from core.domain.pricing.promotions.conditions import AllOf, Amount, Condition
from core.domain.pricing.promotions.filters import Everything
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.proposal import Benefit
from core.domain.pricing.reasons import Reason


def terms_of(promotion: Promotion, currency: str) -> tuple[Reason, ...]:
    """The common kinds have sentences; of other kinds, the label of the promotion says it."""
    terms = [term for each in promotion.benefits for term in _given(each, currency)]
    terms += _asked(promotion.condition, currency)
    return tuple(term for place, term in enumerate(terms) if term not in terms[:place])


def _given(benefit: Benefit, currency: str) -> Iterator[Reason]:
    match benefit:
        case GoodsDiscount(reduction=AmountTiers(tiers=tiers)):
            for tier in tiers:
                least = tier.at_least.get(currency)
                if least and isinstance(tier.reduction, AmountOff):
                    off = tier.reduction.amount.get(currency) or 0
                    values = {"least": Money(least, currency), "amount": Money(off, currency)}
                    yield Reason("term_tier", values)
        case GoodsDiscount(reduction=reduction):
            yield from _taken_off(reduction, currency)
        case ShippingDiscount(reduction=Percent(percent=percent)) if percent == HUNDRED:
            yield Reason("term_shipping")
    if isinstance(benefit, GoodsDiscount):
        if cap := benefit.cap.get(currency):
            yield Reason("term_cap", {"amount": Money(cap, currency)})
        if not isinstance(benefit.goods, Everything):
            yield Reason("term_some_goods")


def _taken_off(reduction: Reduction, currency: str) -> Iterator[Reason]:
    match reduction:
        case AmountOff(amount=amount):
            if off := amount.get(currency):
                yield Reason("term_amount", {"amount": Money(off, currency)})
        case Percent(percent=percent) if percent == HUNDRED:
            yield Reason("term_free")
        case Percent(percent=percent):
            yield Reason("term_percent", {"percent": f"{percent.normalize():f}"})


def _asked(condition: Condition, currency: str) -> Iterator[Reason]:
    match condition:
        case AllOf(of=conditions):
            for each in conditions:
                yield from _asked(each, currency)
        case Amount(at_least=amount, goods=goods):
            if least := amount.get(currency):
                yield Reason("term_least", {"least": Money(least, currency)})
            if not isinstance(goods, Everything):
                yield Reason("term_some_goods")
        case OrderNumber(first=1, last=1):
            yield Reason("term_first_order")
