"""Holds of an order: place them, and lift them."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, put
from litestar.params import FromPath, JSONBody

from adapters.web.access.orders import ReadOrder
from adapters.web.access.requirements import needs
from adapters.web.api.body import Body, Texts
from adapters.web.dependencies import Given
from core.application.orders.holds import LiftHold, PlaceHold
from core.application.orders.views import OrderView
from core.domain.errors import AlreadyDone, AlreadyExists
from core.domain.orders.holds import Blocked, Hold, HoldEnd
from core.domain.orders.order import Order
from core.domain.shop_permissions import ORDERS_CHANGE, ORDERS_READ

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class HoldBody(Body, frozen=True, kw_only=True):
    """``reason`` is by language, for the buyer and for staff. Without ``until``, it stays."""

    blocks: Annotated[list[Blocked], msgspec.Meta(min_length=1, max_length=len(Blocked))]
    reason: Texts
    until: Moment | None = None
    then: HoldEnd = HoldEnd.LIFT


@put(
    "/orders/{number:str}/holds/{code:str}",
    operation_id="placeHold",
    summary="Place a hold on an order",
    tags=["Back office"],
    opt=needs(ORDERS_READ, ORDERS_CHANGE),
)
async def place(
    code: FromPath[str],
    data: JSONBody[HoldBody],
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    place_hold: Given[PlaceHold],
) -> OrderView:
    """The order cannot be paid, shipped or paid out until the hold ends. Idempotent."""
    hold = Hold(
        code=code,
        blocks=frozenset(data.blocks),
        reason=data.reason.text(),
        until=data.until,
        then=data.then,
    )
    try:
        await place_hold(order.id, hold, actor)
    except (AlreadyDone, AlreadyExists):
        if hold not in (await read_order()).holds:
            raise
    return await read_order.view()


@delete(
    "/orders/{number:str}/holds/{code:str}",
    operation_id="liftHold",
    summary="Lift a hold",
    tags=["Back office"],
    status_code=200,
    opt=needs(ORDERS_READ, ORDERS_CHANGE),
)
async def lift(
    code: FromPath[str],
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    lift_hold: Given[LiftHold],
) -> OrderView:
    await lift_hold(order.id, code, actor)
    return await read_order.view()


handlers = [place, lift]
