"""Staff place a hold on an order, and lift it."""

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.order_forms import hold_form, hold_of
from adapters.web.admin.orders import OrderPage
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import ONE_TIME
from core.application.orders.holds import LiftHold, PlaceHold
from core.domain.orders.order import Order
from core.domain.shop_permissions import ORDERS_CHANGE, ORDERS_READ
from ports.clock import Clock


@post(
    "/orders/{number:str}/holds",
    include_in_schema=False,
    opt=needs(ORDERS_READ, ORDERS_CHANGE) | ONE_TIME,
)
async def place(
    number: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    order: Given[Order],
    order_page: Given[OrderPage],
    read_form: Given[ReadForm],
    place_hold: Given[PlaceHold],
    now: Given[Clock],
) -> Response[Any]:
    async with context.form_page("order.html", order_page.variables, values=form.values):
        values = read_form(hold_form(), form)
        hold = hold_of(values, context.language, f"staff-{order.version}", now)
        await place_hold(order.id, hold, context.actor)
    return context.redirect(f"/orders/{number}?done=hold")


@post(
    "/orders/{number:str}/holds/{code:str}/lift",
    include_in_schema=False,
    opt=needs(ORDERS_READ, ORDERS_CHANGE) | ONE_TIME,
)
async def lift(
    number: FromPath[str],
    code: FromPath[str],
    context: Given[AdminContext],
    order: Given[Order],
    order_page: Given[OrderPage],
    lift_hold: Given[LiftHold],
) -> Response[Any]:
    async with context.form_page("order.html", order_page.variables):
        await lift_hold(order.id, code, context.actor)
    return context.redirect(f"/orders/{number}?done=lift_hold")


handlers = [place, lift]
