"""The coupons of the signed-in customer, and the coupon centre (领券中心)."""

from contextlib import suppress

from litestar import get, post
from litestar.params import FromPath

from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from adapters.web.visitors import customer_id
from core.application.coupons.giving import ClaimCoupon
from core.application.coupons.views import CouponCentre, CouponView, MyCoupons, OfferView
from core.domain.errors import AlreadyDone
from core.domain.identifiers import CustomerId
from ports.sessions import Principal


@get(
    "/members/me/coupons",
    operation_id="listOwnCoupons",
    summary="List your coupons",
    tags=["Customer account"],
)
async def list_own(
    member: Given[CustomerId],
    my_coupons: Given[MyCoupons],
    language: Given[str],
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[CouponView]:
    """Latest first, in every state. Enter a valid code in the cart."""
    rows, next_cursor = await my_coupons(member, language, limit, cursor)
    return Page(rows, next_cursor)


@get(
    "/coupon-centre",
    operation_id="listOfferedCoupons",
    summary="List the coupons that can be taken",
    tags=["Coupons"],
)
async def list_offered(
    principal: Given[Principal | None], coupon_centre: Given[CouponCentre], language: Given[str]
) -> tuple[OfferView, ...]:
    """`can_be_taken` is false if you have taken as many as one person may."""
    return await coupon_centre(customer_id(principal), language)


@post(
    "/coupon-centre/{batch:str}/claims",
    operation_id="takeCoupon",
    summary="Take a coupon",
    tags=["Coupons"],
    status_code=204,
)
async def take(
    batch: FromPath[str], member: Given[CustomerId], claim_coupon: Given[ClaimCoupon]
) -> None:
    """It is then one of your coupons."""
    with suppress(AlreadyDone):
        await claim_coupon(batch, member)


handlers = [list_offered]
member_handlers = [list_own, take]
