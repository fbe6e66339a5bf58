"""The order page: the state of an order, and its cancellation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from adapters.web.access.orders import ReadOrder
from adapters.web.dependencies import Given
from adapters.web.one_time import ONE_TIME
from adapters.web.storefront.context import StorefrontContext
from adapters.web.urls import ShopUrls
from core.application.orders.cancellation import CancelOrder
from core.application.payments.attempts import CheckPayments
from core.application.payments.gateways import Gateways
from core.application.payments.refund_prices import repriced_return, reprices
from core.application.recommendation import SuggestProducts
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.returns import Remedy, ReturnReason
from ports.clock import Clock
from ports.errors import PortError
from ports.fulfillment import TracksParcels
from ports.notifications import Mailer
from ports.orders import OrderQueries, PurchaseOrder


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
    now: Given[Clock]

    async def variables(self) -> Mapping[str, Any]:
        return await self.variables_of(await self.read_order())

    async def has_begun_to_pay(self, order: Order) -> bool:
        """Whether a payment of what is due now was started."""
        due = order.next_instalment
        shares = [
            payment.share_of(order.id) for payment in await self.order_queries.payments(order.id)
        ]
        return any(share and share.instalment == (due.code if due else "") for share in shares)

    async def variables_of(self, order: Order) -> dict[str, Any]:
        payments = await self.order_queries.payments(order.id)
        returns = await self.order_queries.returns(order.id)
        together = await self._paid_together(order)
        return {
            "order": self.read_order.view_of(order),
            "together": together,
            "due": _sum_of(together, order) if together else order.due,
            "gateways": self.gateways.by_code.values(),
            "chosen_gateway": payments[-1].gateway if payments else "",
            "key": self.context.query("key"),
            "waiting": False,
            "refunds": await self.order_queries.refunds(order.id),
            "returns": returns,
            "return_prices": {each.number: repriced_return(order, each) for each in returns},
            "reprices": reprices(order),
            "reasons": tuple(ReturnReason),
            "remedies": tuple(Remedy),
            "email_enabled": self.mailer is not None,
            "tracking": await _tracking(order, self.trackers),
            "suggestions": await self.suggest_products(
                [line.product_id for line in order.lines],
                self.context.language,
                groups=await self.context.price_groups(),
            ),
            "values": {},
            "slots": await self.context.filled(self.context.slot_views().order(order)),
        }

    async def _paid_together(self, order: Order) -> list[tuple[PurchaseOrder, str]]:
        """The orders of the purchase with their addresses; empty if it is this one alone."""
        if order.combined_in is None:
            return []
        language = self.context.language
        return [
            (each, self.shop_urls.order_path(each.number, language))
            for each in await self.order_queries.paid_together(order.combined_in, self.now())
        ]

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
    waiting, due = False, order.next_instalment
    if order.state is OrderState.PLACED and await order_page.has_begun_to_pay(order):
        await check_payments(order.id)
        order = await read_order()
        waiting = order.state is OrderState.PLACED and order.next_instalment == due
    variables = {**await order_page.variables_of(order), "waiting": waiting}
    return await context.page("orders/order.html", **variables)


@post("/orders/{number:str}/cancel", include_in_schema=False, opt=ONE_TIME)
async def cancel(
    context: Given[StorefrontContext],
    order: Given[Order],
    order_page: Given[OrderPage],
    cancel_order: Given[CancelOrder],
) -> Response[Any]:
    async with context.form_page("orders/order.html", order_page.variables):
        await cancel_order(order.id, "customer")
    return order_page.redirect()


def _sum_of(together: Sequence[tuple[PurchaseOrder, str]], order: Order) -> Money:
    return sum((each.due for each, _ in together), Money.zero(order.currency))


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
