"""Returns that a buyer requests or withdraws on the order page."""

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import ONE_TIME
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.orders.page import OrderPage
from core.application.returns import FindReturn, HandleReturn, RequestReturn
from core.domain.errors import Invalid
from core.domain.orders.order import Order
from core.domain.returns import Remedy, ReturnInput, ReturnReason


@post("/orders/{number:str}/returns", include_in_schema=False, opt=ONE_TIME)
async def create_return(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    order: Given[Order],
    order_page: Given[OrderPage],
    request_return: Given[RequestReturn],
) -> Response[Any]:
    """The field ``units-KEY`` of a line has the units to return."""
    async with context.form_page("orders/order.html", order_page.variables, values=form.values):
        await request_return(order.id, return_input(form, order))
    return order_page.redirect()


@post(
    "/orders/{number:str}/returns/{return_number:str}/withdraw",
    include_in_schema=False,
    opt=ONE_TIME,
)
async def withdraw(
    return_number: FromPath[str],
    context: Given[StorefrontContext],
    order: Given[Order],
    order_page: Given[OrderPage],
    find_return: Given[FindReturn],
    handle_return: Given[HandleReturn],
) -> Response[Any]:
    order_return = await find_return(order.id, return_number)
    async with context.form_page("orders/order.html", order_page.variables):
        await handle_return.withdraw(order_return.id)
    return order_page.redirect()


def return_input(form: SubmittedForm, order: Order) -> ReturnInput:
    """Raises `Invalid`."""
    units = {line.key: form.number(f"units-{line.key}", 0) for line in order.lines}
    try:
        reason, remedy = ReturnReason(form.text("reason")), Remedy(form.text("remedy"))
    except ValueError as error:
        raise Invalid("reason", "Choose a reason and a resolution.") from error
    return ReturnInput(
        quantities={key: count for key, count in units.items() if count > 0},
        reason=reason,
        remedy=remedy,
        note=form.text("note"),
    )


handlers = [create_return, withdraw]
