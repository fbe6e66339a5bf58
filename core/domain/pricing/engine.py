"""The price engine: one pure function for product pages, carts, checkouts, orders and refunds."""

from collections.abc import Mapping, Sequence
from itertools import chain

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.calculation.unit_prices import unit_prices_of
from core.domain.pricing.calculation.worksheet import Worksheet
from core.domain.pricing.coupons.answers import (
    PresentedCoupon,
    answers_of,
    claims_of,
    presented,
)
from core.domain.pricing.coupons.coupon import Coupon
from core.domain.pricing.points import spend_points
from core.domain.pricing.promotions.promotion import Exclusive, Promotion
from core.domain.pricing.promotions.resolution import evaluate, resolve
from core.domain.pricing.promotions.results import Results
from core.domain.pricing.quote import Notice, Quote
from core.domain.pricing.quoting import quoted_lines, quoted_shipping, taxes_on
from core.domain.pricing.reasons import Reason
from core.domain.pricing.request import PriceRequest
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.taxes.discounts import DiscountFactors, discount_factors


def price(request: PriceRequest, rules: PricingRules) -> Quote:
    """Price a request. The same input gives the same quote, in any order of the lines.

    The steps: unit prices; the catalogue lane; the lanes in the order of the settings; points;
    taxes.
    """
    coupons = presented(request, rules.coupons)
    valid = _valid(coupons)
    sheet = worksheet_of(request, rules)
    results = Results()
    _apply_promotions(sheet, rules, {coupon.promotion for coupon in valid}, results)
    points = spend_points(sheet)
    taxes = taxes_on(sheet, () if rules.untaxed else rules.tax_rates)
    return Quote(
        currency=request.currency,
        lines=quoted_lines(sheet, taxes),
        shipping=quoted_shipping(sheet, taxes),
        not_applied=(*_notices(rules, results.reasons), *_missed(sheet)),
        next_steps=_notices(rules, results.next_steps),
        coupons=answers_of(coupons, results),
        claims=(
            *(each.claim for each in sheet.unit_prices if each.claim),
            *results.claims(sheet),
            *claims_of(coupons, results, request),
        ),
        grants=results.grants(sheet),
        additions=tuple(results.offered),
        points=points,
    )


def worksheet_of(request: PriceRequest, rules: PricingRules) -> Worksheet:
    """The unit prices, before any promotion."""
    return Worksheet(
        request,
        rules.settings,
        unit_prices_of(request, rules.price_lists),
        frozenset(coupon.batch for coupon in _valid(presented(request, rules.coupons))),
        _discount_factors(request, rules),
    )


def _valid(coupons: Sequence[PresentedCoupon]) -> list[Coupon]:
    return [each.coupon for each in coupons if each.coupon and not each.refusal]


def _discount_factors(request: PriceRequest, rules: PricingRules) -> DiscountFactors:
    lines = (*request.lines, *request.additions.values(), request.shipping)
    return discount_factors(
        (each.tax_class for each in lines if each),
        zone=request.zone,
        at=request.at,
        rates=rules.tax_rates,
        settings=rules.settings.taxes,
    )


def _apply_promotions(
    sheet: Worksheet, rules: PricingRules, opened: set[str], results: Results
) -> None:
    promotions = {
        lane: [each for each in of_lane if not each.by_coupon or each.code in opened]
        for lane, of_lane in rules.by_lane.items()
    }
    resolve(sheet, Lane.CATALOGUE, promotions.pop(Lane.CATALOGUE, []), results)
    sheet.show()
    alone = _alone_overall(sheet, promotions, results)
    if alone:
        resolve(sheet, alone.lane, [alone], results)
        results.close(chain.from_iterable(promotions.values()), alone)
    else:
        for lane in rules.settings.lanes:
            together = [
                each for each in promotions.get(lane, ()) if each.exclusive is not Exclusive.OVERALL
            ]
            resolve(sheet, lane, together, results)


def _alone_overall(
    sheet: Worksheet, promotions: Mapping[Lane, Sequence[Promotion]], results: Results
) -> Promotion | None:
    """The first promotion that applies and is exclusive overall.

    Where none is, they do not apply after other promotions either.
    """
    for lane in sheet.settings.lanes:
        for each in promotions.get(lane, ()):
            if each.exclusive is not Exclusive.OVERALL:
                continue
            sheet.begin(lane)
            proposal = evaluate(sheet, each, sheet.open_in(lane))
            if proposal.applies:
                return each
            results.record(each, proposal)
    return None


def _missed(sheet: Worksheet) -> list[Notice]:
    """Offers of plugins that do not count, each source once."""
    missed = {each.promotion: each for row in sheet.unit_prices for each in row.missed}
    return list(missed.values())


def _notices(rules: PricingRules, reasons: Mapping[str, Reason]) -> tuple[Notice, ...]:
    return tuple(
        Notice(promotion=code, label=rules.by_code[code].label, reason=reason)
        for code, reason in reasons.items()
    )
