"""Every order: list, ship, deliver and cancel."""

from contextlib import suppress
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from adapters.web.access.orders import ReadOrder
from adapters.web.access.requirements import needs
from adapters.web.api.body import Body, Code, LinesBody, units_by_line
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from core.application.fulfillment import DeliverOrder, Parcel, ShipOrder
from core.application.orders.cancellation import CancelOrder
from core.application.orders.office_views import OfficeOrderView, office_order_view
from core.application.orders.views import OrderView
from core.domain.errors import AlreadyDone
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.shop_permissions import ORDERS_CHANGE, ORDERS_READ, ORDERS_SHIP
from ports.orders import OrderQueries, OrderSummary


class ShipmentBody(Body, frozen=True, kw_only=True):
    """One parcel. ``lines`` are its units; if omitted, everything not shipped yet."""

    carrier: Code
    tracking_number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    lines: LinesBody | None = None

    def parcel(self) -> Parcel:
        return Parcel(
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            quantities=None if self.lines is None else units_by_line(self.lines),
        )


@get(
    "/orders",
    operation_id="listAllOrders",
    summary="List all orders",
    tags=["Back office"],
    opt=needs(ORDERS_READ),
)
async def list_orders(
    order_queries: Given[OrderQueries],
    language: Given[str],
    q: Annotated[str, QueryParameter(max_length=64)] = "",
    in_state: Annotated[OrderStage | None, QueryParameter(name="state")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[OrderSummary]:
    """`q` is an order number, a tracking number or a SKU."""
    rows, next_cursor = await order_queries.list(
        customer_id=None, state=in_state, words=q, language=language, limit=limit, cursor=cursor
    )
    return Page(rows, next_cursor)


@get(
    "/orders/{number:str}",
    operation_id="getAnyOrder",
    summary="Get any order",
    tags=["Back office"],
    opt=needs(ORDERS_READ),
)
async def show(read_order: Given[ReadOrder], order_queries: Given[OrderQueries]) -> OfficeOrderView:
    order = await read_order()
    return office_order_view(
        read_order.view_of(order), order, await order_queries.ledgers(order.id)
    )


@post(
    "/orders/{number:str}/shipments",
    operation_id="shipOrder",
    summary="Ship an order",
    tags=["Back office"],
    opt=needs(ORDERS_READ, ORDERS_SHIP),
)
async def ship(
    data: JSONBody[ShipmentBody],
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    ship_order: Given[ShipOrder],
) -> OrderView:
    with suppress(AlreadyDone):
        await ship_order(order.id, data.parcel(), actor)
    return await read_order.view()


@post(
    "/orders/{number:str}/delivery",
    operation_id="deliverOrder",
    summary="Mark an order as delivered",
    tags=["Back office"],
    status_code=200,
    opt=needs(ORDERS_READ, ORDERS_SHIP),
)
async def deliver(
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    deliver_order: Given[DeliverOrder],
) -> OrderView:
    with suppress(AlreadyDone):
        await deliver_order(order.id, actor)
    return await read_order.view()


@post(
    "/orders/{number:str}/cancel",
    operation_id="cancelAnyOrder",
    summary="Cancel any order",
    tags=["Back office"],
    status_code=200,
    opt=needs(ORDERS_READ, ORDERS_CHANGE),
)
async def cancel(
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    cancel_order: Given[CancelOrder],
) -> OrderView:
    """Only before the first shipment; a payment is refunded."""
    with suppress(AlreadyDone):
        await cancel_order(order.id, actor)
    return await read_order.view()


handlers = [list_orders, show, ship, deliver, cancel]
