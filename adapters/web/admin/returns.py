"""Returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.orders import ReadOrder
from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.orders import refund_listing, return_listing
from adapters.web.admin.listings.views import listing_response, listing_view
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import ONE_TIME
from core.application.payments.refund_prices import repriced_return
from core.application.returns import ExchangeReturn, FindReturn, HandleReturn, RefundReturn
from core.domain.errors import NotFound
from core.domain.orders.order import Order
from core.domain.returns import Return
from core.domain.shop_permissions import ORDERS_REFUND, RETURNS_DECIDE, RETURNS_READ
from ports.clock import Clock
from ports.orders import OrderQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPage:
    order: Given[Order]
    return_number: FromPath[str]
    read_order: Given[ReadOrder]
    find_return: Given[FindReturn]

    async def variables(self) -> Mapping[str, Any]:
        order_return = await self.find_return(self.order.id, self.return_number)
        return {
            "order": self.read_order.view_of(self.order),
            "order_return": order_return,
            "price": repriced_return(self.order, order_return),
            "values": {},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnActions:
    """The actions of staff on a return, by their name in the URL."""

    handle_return: Given[HandleReturn]
    refund_return: Given[RefundReturn]
    exchange_return: Given[ExchangeReturn]

    async def __call__(
        self, action: str, order_return: Return, form: SubmittedForm, actor: str
    ) -> None:
        handle = self.handle_return
        match action:
            case "approve":
                await handle.approve(order_return.id)
            case "reject":
                await handle.reject(order_return.id, form.text("answer"))
            case "receive":
                await handle.receive(order_return.id, form.text("tracking_number"))
            case "inspect":
                accepted = {
                    key: form.number(f"accepted-{key}", 0) for key in order_return.quantities
                }
                await handle.inspect(order_return.id, accepted, restock=form.text("restock") == "1")
            case "refund":
                await self.refund_return(order_return.id, actor)
            case "exchange":
                await self.exchange_return(order_return.id)
            case _:
                raise NotFound("page", action)


async def order_return(
    return_number: FromPath[str], order: Given[Order], find_return: Given[FindReturn]
) -> Return:
    """The return of the path. Raises `NotFound` if it belongs to another order."""
    return await find_return(order.id, return_number)


@get("/returns", include_in_schema=False, opt=needs(RETURNS_READ))
async def list_returns(
    context: Given[AdminContext], order_queries: Given[OrderQueries], now: Given[Clock]
) -> Response[Any]:
    refunds = await listing_view(context, refund_listing(order_queries, now()))
    return await listing_response(
        context, return_listing(order_queries), template="returns.html", refunds=refunds
    )


@get("/returns/{number:str}/{return_number:str}", include_in_schema=False, opt=needs(RETURNS_READ))
async def show(context: Given[AdminContext], return_page: Given[ReturnPage]) -> Response[bytes]:
    return context.page("return.html", **await return_page.variables())


@post(
    "/returns/{number:str}/{return_number:str}/{move:str}",
    include_in_schema=False,
    opt=needs(
        RETURNS_READ,
        approve=RETURNS_DECIDE,
        reject=RETURNS_DECIDE,
        receive=RETURNS_DECIDE,
        inspect=RETURNS_DECIDE,
        refund=ORDERS_REFUND,
        exchange=RETURNS_DECIDE,
    )
    | ONE_TIME,
)
async def act(
    number: FromPath[str],
    return_number: FromPath[str],
    move: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    order_return: Given[Return],
    return_page: Given[ReturnPage],
    return_actions: Given[ReturnActions],
) -> Response[Any]:
    """``approve``, ``reject``, ``receive``, ``inspect``, ``refund`` or ``exchange``."""
    async with context.form_page("return.html", return_page.variables, values=form.values):
        await return_actions(move, order_return, form, context.actor)
    return context.redirect(f"/returns/{number}/{return_number}?done={move}")


handlers = [list_returns, show, act]
