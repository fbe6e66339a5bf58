"""Coupons: batches, codes, and the coupons of members."""

from adapters.database.coupons.lists import SqlCouponQueries
from adapters.security.coupon_codes import new_coupon_code
from core.application.coupons.batches import CreateCouponBatch, EndCouponBatch, RevokeCoupon
from core.application.coupons.giving import ClaimCoupon, IssueCoupon
from core.application.coupons.grant_returns import TakeBackGrants
from core.application.coupons.grants import IssueGrants
from core.application.coupons.making import MakeCoupons
from core.application.coupons.views import CouponCentre, MyCoupons, ShowBatches, ShowTerms
from entrepot.assembly.pricing import PricingParts
from entrepot.assembly.wiring import bound, constant, made, wired
from ports.coupons import CouponQueries, NewCouponCode


@wired
class CouponParts(PricingParts):
    new_coupon_code = constant(NewCouponCode, new_coupon_code)
    coupon_queries = bound(CouponQueries, SqlCouponQueries)
    create_coupon_batch = made(CreateCouponBatch)
    end_coupon_batch = made(EndCouponBatch)
    revoke_coupon = made(RevokeCoupon)
    make_coupons = made(MakeCoupons)
    issue_coupon = made(IssueCoupon)
    claim_coupon = made(ClaimCoupon)
    issue_grants = made(IssueGrants)
    take_back_grants = made(TakeBackGrants)
    show_batches = made(ShowBatches)
    show_terms = made(ShowTerms)
    my_coupons = made(MyCoupons)
    coupon_centre = made(CouponCentre)
