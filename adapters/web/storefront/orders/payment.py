"""Starts a payment from the order page."""

from typing import Any

from litestar import Response, post

from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import ONE_TIME
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.orders.page import OrderPage
from adapters.web.storefront.payments import PaymentPage
from core.domain.orders.order import Order


@post("/orders/{number:str}/pay", include_in_schema=False, opt=ONE_TIME)
async def pay(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    order: Given[Order],
    order_page: Given[OrderPage],
    payment_page: Given[PaymentPage],
) -> Response[Any]:
    async with context.form_page("orders/order.html", order_page.variables):
        action = await payment_page.start(order.id, order.number, form.text("gateway"))
    return await payment_page.show(order.number, action)


handlers = [pay]
