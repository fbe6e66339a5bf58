"""Read models of prices: what changed them, and their sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.domain.money import Money
from core.domain.pricing.adjustments import Adjustment, TaxAmount
from core.domain.pricing.quote import CouponAnswer, CouponState, Notice, Quote
from core.domain.pricing.rules import PricingRules
from ports.pricing import ReasonText

NEXT_STEPS = {"amount_missing", "units_missing", "products_missing"}
"""Reasons that the buyer can change by adding goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentView:
    """One change of the price, such as a discount: ``amount`` is then below zero."""

    source: str
    label: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxView:
    """The tax of one ``rate``, such as ``0.13``. ``included``: the price contains it."""

    label: str
    rate: str
    amount: Money
    included: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsView:
    """``goods`` and ``shipping`` are before the ``adjustments``, which are by promotion.

    They and the taxes that are not included sum to ``total``. ``shipping`` is None if it is not
    known.
    """

    goods: Money
    shipping: Money | None
    adjustments: tuple[AdjustmentView, ...]
    taxes: tuple[TaxView, ...]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One sentence about a promotion that has the name ``label``."""

    promotion: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponView:
    """``label`` and ``text`` are empty if the code is not known, or there is nothing to say."""

    code: str
    state: CouponState
    label: str
    text: str


def adjustment_views(
    adjustments: Sequence[Adjustment], language: str
) -> tuple[AdjustmentView, ...]:
    return tuple(
        AdjustmentView(
            source=each.source, label=each.label.in_language(language), amount=each.amount
        )
        for each in adjustments
    )


def tax_views(taxes: Sequence[TaxAmount], language: str) -> tuple[TaxView, ...]:
    return tuple(
        TaxView(
            label=each.label.in_language(language),
            rate=each.rate,
            amount=each.amount,
            included=each.included,
        )
        for each in taxes
    )


def sums_view(
    goods: Money,
    shipping: Money | None,
    adjustments: Iterable[AdjustmentView],
    taxes: Iterable[TaxView],
    total: Money,
) -> SumsView:
    """Add up the adjustments of each promotion, and the taxes of each rate."""
    by_source: dict[str, AdjustmentView] = {}
    for change in adjustments:
        known = by_source.get(change.source)
        by_source[change.source] = (
            replace(known, amount=known.amount + change.amount) if known else change
        )
    by_rate: dict[tuple[str, str, bool], TaxView] = {}
    for tax in taxes:
        rate = (tax.label, tax.rate, tax.included)
        same = by_rate.get(rate)
        by_rate[rate] = replace(same, amount=same.amount + tax.amount) if same else tax
    return SumsView(
        goods=goods,
        shipping=shipping,
        adjustments=tuple(by_source.values()),
        taxes=tuple(by_rate.values()),
        total=total,
    )


def sums_of_quote(quote: Quote, language: str) -> SumsView:
    shipping = quote.shipping
    changes = [each for line in quote.lines for each in line.changes(quote.currency)]
    taxes = [each for line in quote.lines for each in line.taxes]
    if shipping:
        changes += shipping.adjustments
        taxes += shipping.taxes
    return sums_view(
        Money(sum(line.base_price * line.quantity for line in quote.lines), quote.currency),
        Money(shipping.price, quote.currency) if shipping else None,
        adjustment_views(changes, language),
        tax_views(taxes, language),
        Money(quote.total, quote.currency),
    )


def next_step_views(
    quote: Quote, rules: PricingRules, language: str, text: ReasonText
) -> tuple[NoticeView, ...]:
    """What more goods would bring, of the promotions without a code."""
    with_code = {each.code for each in rules.promotions if each.by_coupon}
    missing = (
        each
        for each in quote.not_applied
        if each.reason.code in NEXT_STEPS and each.promotion not in with_code
    )
    return tuple(_notice(each, language, text) for each in (*quote.next_steps, *missing))


def coupon_views(
    quote: Quote, rules: PricingRules, language: str, text: ReasonText
) -> tuple[CouponView, ...]:
    labels = {each.code: each.label.in_language(language) for each in rules.promotions}
    return tuple(
        _coupon(each, labels.get(each.promotion, ""), language, text) for each in quote.coupons
    )


def _notice(notice: Notice, language: str, text: ReasonText) -> NoticeView:
    return NoticeView(
        promotion=notice.promotion,
        label=notice.label.in_language(language),
        text=text(notice.reason, language),
    )


def _coupon(answer: CouponAnswer, label: str, language: str, text: ReasonText) -> CouponView:
    return CouponView(
        code=answer.code,
        state=answer.state,
        label=label,
        text=text(answer.reason, language) if answer.reason else "",
    )
