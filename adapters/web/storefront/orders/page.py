"""The order page: the state of an order, and its cancellation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from adapters.web.access.orders import ReadOrder
from adapters.web.dependencies import Given
from adapters.web.storefront.context import StorefrontContext
from adapters.web.urls import ShopUrls
from core.application.orders.cancellation import CancelOrder
from core.application.payments.attempts import CheckPayments
from core.application.payments.gateways import Gateways
from core.application.recommendation import SuggestProducts
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.returns import Remedy, ReturnReason
from ports.errors import PortError
from ports.fulfillment import TracksParcels
from ports.notifications import Mailer
from ports.orders import OrderQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    context: Given[StorefrontContext]
    read_order: Given[ReadOrder]
    order_queries: Given[OrderQueries]
    gateways: Given[Gateways]
    trackers: Given[TracksParcels]
    suggest_products: Given[SuggestProducts]
    mailer: Given[Mailer | None]
    shop_urls: Given[ShopUrls]

    async def variables(self) -> Mapping[str, Any]:
        return await self.variables_of(await self.read_order())

    async def variables_of(self, order: Order) -> dict[str, Any]:
        return {
            "order": self.read_order.view_of(order),
            "gateways": self.gateways.by_code.values(),
            "key": self.context.query("key"),
            "waiting": False,
            "refunds": await self.order_queries.refunds(order.id),
            "returns": await self.order_queries.returns(order.id),
            "reasons": tuple(ReturnReason),
            "remedies": tuple(Remedy),
            "email_enabled": self.mailer is not None,
            "tracking": await _tracking(order, self.trackers),
            "suggestions": await self.suggest_products(
                [line.product_id for line in order.lines], self.context.language
            ),
            "values": {},
        }

    def redirect(self) -> Response[Any]:
        path = self.shop_urls.order_path(self.read_order.number, self.context.language)
        return Redirect(path, status_code=303)


@get("/orders/{number:str}", include_in_schema=False)
async def show(
    context: Given[StorefrontContext],
    order: Given[Order],
    read_order: Given[ReadOrder],
    order_page: Given[OrderPage],
    check_payments: Given[CheckPayments],
) -> Response[bytes]:
    """Requires the customer's session, or the signed ``key`` of the guest's link."""
    waiting = False
    if order.state is OrderState.PLACED and await order_page.order_queries.payments(order.id):
        await check_payments(order.id)
        order = await read_order()
        waiting = order.state is OrderState.PLACED
    variables = {**await order_page.variables_of(order), "waiting": waiting}
    return await context.page("orders/order.html", **variables)


@post("/orders/{number:str}/cancel", include_in_schema=False)
async def cancel(
    context: Given[StorefrontContext],
    order: Given[Order],
    order_page: Given[OrderPage],
    cancel_order: Given[CancelOrder],
) -> Response[Any]:
    async with context.form_page("orders/order.html", order_page.variables):
        await cancel_order(order.id, "customer")
    return order_page.redirect()


async def _tracking(order: Order, trackers: TracksParcels) -> tuple[tuple[str, str, str], ...]:
    """``(carrier's name, tracking number, URL of the carrier's page)`` for each shipment."""
    names = {service.code: service.name for service in trackers.services()}
    rows = []
    for shipment in order.shipments:
        name = names.get(shipment.carrier)
        try:
            tracking = await trackers.track(shipment.carrier, shipment.tracking_number)
            url = tracking.url
        except PortError:
            url = ""
        carrier = name.in_language(order.language) if name else shipment.carrier
        rows.append((carrier, shipment.tracking_number, url))
    return tuple(rows)


handlers = [show, cancel]
