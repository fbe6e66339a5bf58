"""Orders in the back office: list, look, ship, cancel."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from adapters.boundary.ports import Trackers
from adapters.web.admin.desk import Desk
from adapters.web.storefront.visit import Form
from core.application.orders import (
    CancelOrder,
    DeliverOrder,
    FindOrder,
    OrderAccess,
    ShipOrder,
    order_view,
)
from core.domain.errors import DomainError, NotFound
from core.domain.order import Order, OrderState
from ports.media import Media
from ports.storage.ledgers import OrderLedger

ON_A_PAGE = 50
STAFF = OrderAccess(staff=True)


@get("/orders", include_in_schema=False)
async def orders(
    desk: NamedDependency[SkipValidation[Desk]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
) -> Response[bytes]:
    wanted = desk.asked("state")
    state = OrderState(wanted) if wanted in set(OrderState) else None
    rows, cursor = await order_ledger.list(
        customer_id=None,
        state=state,
        words=desk.asked("q"),
        language=desk.language,
        limit=ON_A_PAGE,
        cursor=desk.asked("cursor"),
    )
    return desk.page(
        "orders.html",
        rows=rows,
        cursor=cursor,
        words=desk.asked("q"),
        state=state,
        states=tuple(OrderState),
    )


@get("/orders/{number:str}", include_in_schema=False)
async def order(
    number: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    trackers: NamedDependency[SkipValidation[Trackers]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[bytes]:
    found = await find_order(number, STAFF)
    return desk.page("order.html", **await _context(desk, found, order_ledger, trackers, media))


@post("/orders/{number:str}/{move:str}", include_in_schema=False)
async def act(
    number: FromPath[str],
    move: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    ship_order: NamedDependency[SkipValidation[ShipOrder]],
    deliver_order: NamedDependency[SkipValidation[DeliverOrder]],
    cancel_order: NamedDependency[SkipValidation[CancelOrder]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    trackers: NamedDependency[SkipValidation[Trackers]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[Any]:
    """``ship``, ``deliver`` or ``cancel``."""
    if move not in {"ship", "deliver", "cancel"}:
        raise NotFound("page", move)
    form = await Form.of(desk.request)
    found = await find_order(number, STAFF)
    try:
        match move:
            case "ship":
                await ship_order(
                    found.id, form.text("carrier"), form.text("tracking_number"), desk.actor
                )
            case "deliver":
                await deliver_order(found.id, desk.actor)
            case "cancel":
                await cancel_order(found.id, desk.actor)
    except DomainError as error:
        found = await find_order(number, STAFF)
        context = await _context(desk, found, order_ledger, trackers, media)
        return desk.refusal("order.html", error, **{**context, "values": form.values})
    return desk.go(f"/orders/{number}?done={move}")


async def _context(
    desk: Desk, found: Order, order_ledger: OrderLedger, trackers: Trackers, media: Media
) -> dict[str, Any]:
    return {
        "order": order_view(found, desk.language, media),
        "payments": await order_ledger.payments(found.id),
        "services": trackers.services(),
        "values": {},
    }


handlers = [orders, order, act]
