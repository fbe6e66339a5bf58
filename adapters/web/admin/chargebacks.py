"""Staff record chargebacks of a payment, and that the bank gave the money back."""

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.orders import OrderPage
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import ONE_TIME
from core.application.payments.chargebacks import (
    ChargebackInput,
    RecordChargeback,
    ReinstateChargeback,
)
from core.domain.orders.order import Order
from core.domain.shop_permissions import ORDERS_READ, PAYMENTS_CHARGEBACK


@post(
    "/orders/{number:str}/chargebacks",
    include_in_schema=False,
    opt=needs(ORDERS_READ, PAYMENTS_CHARGEBACK) | ONE_TIME,
)
async def record(
    number: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    order: Given[Order],
    order_page: Given[OrderPage],
    read_form: Given[ReadForm],
    record_chargeback: Given[RecordChargeback],
) -> Response[Any]:
    async with context.form_page("order.html", order_page.variables, values=form.values):
        values = read_form(await order_page.chargeback_form(order), form)
        details = ChargebackInput(case=values["case"], taken=values["taken"])
        await record_chargeback(order.id, values["payment"], details)
    return context.redirect(f"/orders/{number}?done=chargeback")


@post(
    "/orders/{number:str}/payments/{reference:str}/chargebacks/{case:str}/reinstate",
    include_in_schema=False,
    opt=needs(ORDERS_READ, PAYMENTS_CHARGEBACK) | ONE_TIME,
)
async def reinstate(
    number: FromPath[str],
    reference: FromPath[str],
    case: FromPath[str],
    context: Given[AdminContext],
    order: Given[Order],
    order_page: Given[OrderPage],
    reinstate_chargeback: Given[ReinstateChargeback],
) -> Response[Any]:
    async with context.form_page("order.html", order_page.variables):
        await reinstate_chargeback(order.id, reference, case)
    return context.redirect(f"/orders/{number}?done=reinstate")


handlers = [record, reinstate]
