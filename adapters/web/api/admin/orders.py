"""Every order: list, ship, deliver and cancel."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from adapters.web.access.orders import ReadOrder
from adapters.web.api.body import Body, Code, Units
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from core.application.fulfillment import DeliverOrder, Parcel, ShipOrder
from core.application.orders.cancellation import CancelOrder
from core.application.orders.views import OrderView
from core.domain.identifiers import Sku
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from ports.orders import OrderQueries, OrderSummary


class ShipmentBody(Body, frozen=True, kw_only=True):
    """One parcel. ``quantities`` are units by SKU; if omitted, everything not shipped yet."""

    carrier: Code
    tracking_number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    quantities: dict[str, Units] | None = None

    def parcel(self) -> Parcel:
        return Parcel(
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            quantities=None
            if self.quantities is None
            else {Sku(sku): units for sku, units in self.quantities.items()},
        )


@get("/orders", operation_id="listAllOrders", summary="List all orders", tags=["Back office"])
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
)
async def show(read_order: Given[ReadOrder]) -> OrderView:
    return await read_order.view()


@post(
    "/orders/{number:str}/shipments",
    operation_id="shipOrder",
    summary="Ship an order",
    tags=["Back office"],
)
async def ship(
    data: JSONBody[ShipmentBody],
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    ship_order: Given[ShipOrder],
) -> OrderView:
    await ship_order(order.id, data.parcel(), actor)
    return await read_order.view()


@post(
    "/orders/{number:str}/delivery",
    operation_id="deliverOrder",
    summary="Mark an order as delivered",
    tags=["Back office"],
    status_code=200,
)
async def deliver(
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    deliver_order: Given[DeliverOrder],
) -> OrderView:
    await deliver_order(order.id, actor)
    return await read_order.view()


@post(
    "/orders/{number:str}/cancel",
    operation_id="cancelAnyOrder",
    summary="Cancel any order",
    tags=["Back office"],
    status_code=200,
)
async def cancel(
    order: Given[Order],
    read_order: Given[ReadOrder],
    actor: Given[str],
    cancel_order: Given[CancelOrder],
) -> OrderView:
    """Only before the first shipment; a payment is refunded."""
    await cancel_order(order.id, actor)
    return await read_order.view()


handlers = [list_orders, show, ship, deliver, cancel]
