"""Staff place a hold on an order, and lift it."""

from datetime import timedelta
from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.orders import OrderPage
from adapters.web.dependencies import Given
from adapters.web.forms import Form
from adapters.web.one_time import ONE_TIME
from core.application.orders.holds import LiftHold, PlaceHold
from core.domain.errors import Invalid
from core.domain.orders.holds import Blocked, Hold, HoldEnd
from core.domain.orders.order import Order
from core.domain.shop_permissions import ORDERS_CHANGE, ORDERS_READ
from core.domain.text import Text
from ports.clock import Clock

MAX_HOURS = 24 * 366


@post(
    "/orders/{number:str}/holds",
    include_in_schema=False,
    opt=needs(ORDERS_READ, ORDERS_CHANGE) | ONE_TIME,
)
async def place(
    number: FromPath[str],
    context: Given[AdminContext],
    form: Given[Form],
    order: Given[Order],
    order_page: Given[OrderPage],
    place_hold: Given[PlaceHold],
    now: Given[Clock],
) -> Response[Any]:
    async with context.form_page("order.html", order_page.variables, values=form.values):
        hold = hold_of(form, context.language, f"staff-{order.version}", now)
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


def hold_of(form: Form, language: str, code: str, now: Clock) -> Hold:
    """The field ``hours`` is empty for a hold without an end."""
    hours = form.number("hours", 0)
    if not 0 <= hours <= MAX_HOURS:
        raise Invalid("hours", "Enter 1 to {most} hours.", most=MAX_HOURS)
    then = form.text("then")
    return Hold(
        code=code,
        blocks=frozenset(each for each in Blocked if form.text(f"block-{each}") == "1"),
        reason=Text({language: form.text("reason")}),
        until=now() + timedelta(hours=hours) if hours else None,
        then=HoldEnd(then) if then in set(HoldEnd) else HoldEnd.LIFT,
    )


handlers = [place, lift]
