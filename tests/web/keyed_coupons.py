"""Requests about coupons that change the shop once for each idempotency key."""

from uuid import uuid4

from sqlalchemy import func, select

from adapters.database.tables.coupons import coupon_batches, coupons
from core.domain.identifiers import CustomerId
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.text import Text
from tests.coupons import save_opened
from tests.web.api_client import API
from tests.web.keyed_requests import MEMBER, Keyed, World

COUPONS = select(func.count()).select_from(coupons)


async def new_batch(world: World, kind: CouponKind, *words: str) -> str:
    code = f"batch-{uuid4().hex}"
    batch = CouponBatch(code=code, promotion="offer", label=Text({"zh": "券"}), kind=kind)
    await save_opened(world.shop)
    await world.shop.create_coupon_batch()(batch, words)
    return code


async def member_id(world: World) -> CustomerId:
    customer = await world.shop.account_queries().find_customer(str(MEMBER["login"]))
    assert customer is not None
    return customer.id


async def create_batch(world: World) -> Keyed:
    word = uuid4().hex
    await save_opened(world.shop)
    return Keyed(
        path=f"{API}/admin/coupon-batches",
        body={
            "code": f"batch-{word}",
            "promotion": "offer",
            "label": {"zh": "券"},
            "words": [word],
        },
        headers=world.staff,
        effects=await world.count_new(COUPONS),
    )


async def end_batch(world: World) -> Keyed:
    batch = await new_batch(world, CouponKind.PUBLIC)
    ended = (coupon_batches.c.code == batch) & coupon_batches.c.ends_at.is_not(None)
    return Keyed(
        path=f"{API}/admin/coupon-batches/{batch}/end",
        body=None,
        headers=world.staff,
        effects=world.count(select(func.count()).where(ended)),
    )


async def issue_coupon(world: World) -> Keyed:
    batch = await new_batch(world, CouponKind.PERSONAL)
    return Keyed(
        path=f"{API}/admin/coupon-batches/{batch}/coupons",
        body={"customer_id": str(await member_id(world))},
        headers=world.staff,
        effects=await world.count_new(COUPONS),
    )


async def revoke_coupon(world: World) -> Keyed:
    word = uuid4().hex
    batch = await new_batch(world, CouponKind.PUBLIC, word)
    revoked = (coupons.c.batch == batch) & coupons.c.revoked_at.is_not(None)
    return Keyed(
        path=f"{API}/admin/coupon-revocations",
        body={"code": word},
        headers=world.staff,
        effects=world.count(select(func.count()).where(revoked)),
    )


async def take_coupon(world: World) -> Keyed:
    batch = await new_batch(world, CouponKind.CLAIMED)
    return Keyed(
        path=f"{API}/coupon-centre/{batch}/claims",
        body=None,
        headers=world.member,
        effects=await world.count_new(COUPONS),
    )


COUPON_REQUESTS = {
    "/api/v1/admin/coupon-batches": (create_batch,),
    "/api/v1/admin/coupon-batches/{batch:str}/end": (end_batch,),
    "/api/v1/admin/coupon-batches/{batch:str}/coupons": (issue_coupon,),
    "/api/v1/admin/coupon-revocations": (revoke_coupon,),
    "/api/v1/coupon-centre/{batch:str}/claims": (take_coupon,),
}
