"""The answer to each code that a buyer typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.claims import Claim
from core.domain.pricing.coupons.codes import normalised
from core.domain.pricing.coupons.coupon import Coupon, Refusal
from core.domain.pricing.promotions.results import Results
from core.domain.pricing.quote import CouponAnswer, CouponState
from core.domain.pricing.reasons import Reason
from core.domain.pricing.request import PriceRequest

UNKNOWN: Refusal = (CouponState.UNKNOWN, Reason("unknown_coupon"))
REPEATED: Refusal = (CouponState.CLOSED, Reason("coupon_repeated"))

STATES: Mapping[str, CouponState] = {
    "unknown_coupon": CouponState.UNKNOWN,
    "no_goods": CouponState.NOT_FOR_THESE_GOODS,
    "goods_closed": CouponState.NOT_FOR_THESE_GOODS,
    "closed_by": CouponState.CLOSED,
    "not_started": CouponState.NOT_STARTED,
    "ended": CouponState.EXPIRED,
    "used_up": CouponState.USED_UP,
    "used_by_you": CouponState.USED_BY_YOU,
}
"""The state of a coupon by the reason why its promotion does not apply."""


@dataclass(frozen=True, slots=True)
class PresentedCoupon:
    """A code as typed, with its coupon; ``refusal`` is None if it opens its promotion."""

    code: str
    coupon: Coupon | None
    refusal: Refusal | None


def presented(request: PriceRequest, coupons: Mapping[str, Coupon]) -> list[PresentedCoupon]:
    """The coupons of a request. A code that was typed twice counts once."""
    found: list[PresentedCoupon] = []
    opened: set[str] = set()
    for code in dict.fromkeys(map(normalised, request.coupons)):
        typed = next(each for each in request.coupons if normalised(each) == code)
        coupon = coupons.get(code)
        refusal = coupon.refusal(request) if coupon else UNKNOWN
        if coupon and not refusal:
            refusal = REPEATED if coupon.promotion in opened else None
            opened.add(coupon.promotion)
        found.append(PresentedCoupon(typed, coupon, refusal))
    return found


def answers_of(coupons: Sequence[PresentedCoupon], results: Results) -> tuple[CouponAnswer, ...]:
    return tuple(_answer(each, results) for each in coupons)


def claims_of(
    coupons: Sequence[PresentedCoupon], results: Results, request: PriceRequest
) -> list[Claim]:
    """The uses that an order takes of the coupons that were applied."""
    return [
        claim
        for each in coupons
        if each.coupon and not each.refusal and each.coupon.promotion in results.applied
        if (claim := each.coupon.claim(request.customer.person))
    ]


def _answer(presented_coupon: PresentedCoupon, results: Results) -> CouponAnswer:
    code, coupon = presented_coupon.code, presented_coupon.coupon
    if presented_coupon.refusal:
        state, reason = presented_coupon.refusal
        return CouponAnswer(code=code, state=state, reason=reason)
    assert coupon is not None
    promotion = coupon.promotion
    if promotion in results.applied:
        return CouponAnswer(code=code, state=CouponState.APPLIED, promotion=promotion)
    reason = results.reasons.get(promotion, UNKNOWN[1])
    state = STATES.get(reason.code, CouponState.CONDITIONS_MISSING)
    if state is CouponState.NOT_FOR_THESE_GOODS:
        reason = Reason("not_for_these_goods")
    return CouponAnswer(code=code, state=state, promotion=promotion, reason=reason)
