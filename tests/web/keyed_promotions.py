"""Requests about promotions that change the shop once for each idempotency key."""

from uuid import uuid4

from sqlalchemy import func, select

from adapters.database.tables.pricing import promotions
from entrepot.testing.pricing import TEN_OFF
from tests.web.api_client import API
from tests.web.keyed_requests import Keyed, World


async def new_promotion(world: World) -> str:
    code = f"offer-{uuid4().hex[:12]}"
    await world.shop.save_promotion()({**TEN_OFF, "code": code})
    return code


async def move_promotion(world: World) -> Keyed:
    code = await new_promotion(world)
    active = (promotions.c.code == code) & (promotions.c.state == "active")
    return Keyed(
        path=f"{API}/admin/promotions/{code}/moves",
        body={"move": "activate"},
        headers=world.staff,
        effects=world.count(select(func.count()).where(active)),
    )


async def copy_promotion(world: World) -> Keyed:
    code = await new_promotion(world)
    return Keyed(
        path=f"{API}/admin/promotions/{code}/copies",
        body={"code": f"{code}-2"},
        headers=world.staff,
        effects=await world.count_new(select(func.count()).select_from(promotions)),
    )


PROMOTION_REQUESTS = {
    "/api/v1/admin/promotions/{code:str}/moves": (move_promotion,),
    "/api/v1/admin/promotions/{code:str}/copies": (copy_promotion,),
}
