"""The coupon centre (领券中心), and the coupons of a member."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.one_time import ONE_TIME
from adapters.web.storefront.context import StorefrontContext
from core.application.coupons.giving import ClaimCoupon
from core.application.coupons.views import CouponCentre, CouponStanding, MyCoupons
from core.domain.identifiers import CustomerId

COUPONS_SHOWN = 50
VALID = {CouponStanding.VALID, CouponStanding.NOT_STARTED}
EXPIRED = {CouponStanding.EXPIRED, CouponStanding.REVOKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class CentrePage:
    context: Given[StorefrontContext]
    coupon_centre: Given[CouponCentre]

    async def variables(self) -> Mapping[str, Any]:
        context = self.context
        return {"offers": await self.coupon_centre(context.customer_id, context.language)}


@get("/coupons", include_in_schema=False)
async def centre(
    context: Given[StorefrontContext], centre_page: Given[CentrePage]
) -> Response[Any]:
    return await context.page("coupons/centre.html", **await centre_page.variables())


@post("/coupons/{batch:str}", include_in_schema=False, opt=ONE_TIME)
async def take(
    batch: FromPath[str],
    context: Given[StorefrontContext],
    centre_page: Given[CentrePage],
    claim_coupon: Given[ClaimCoupon],
) -> Response[Any]:
    """A visitor, also one whose session ended, is sent to the sign-in page, and back."""
    if context.customer_id is None:
        return context.redirect(f"/login?next={quote(f'/{context.language}/coupons')}")
    async with context.form_page("coupons/centre.html", centre_page.variables):
        await claim_coupon(batch, context.customer_id)
    return context.redirect("/coupons")


@get("/account/coupons", include_in_schema=False)
async def own(
    context: Given[StorefrontContext], member: Given[CustomerId], my_coupons: Given[MyCoupons]
) -> Response[Any]:
    coupons, cursor = await my_coupons(
        member, context.language, COUPONS_SHOWN, context.query("cursor")
    )
    return await context.page(
        "coupons/own.html",
        valid=[each for each in coupons if each.state in VALID],
        used=[each for each in coupons if each.state is CouponStanding.USED],
        expired=[each for each in coupons if each.state in EXPIRED],
        cursor=cursor,
    )


handlers = [centre]
member_handlers = [take, own]
