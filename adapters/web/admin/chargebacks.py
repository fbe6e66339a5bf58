"""Staff record chargebacks of a payment, and that the bank gave the money back."""

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.orders import OrderPage
from adapters.web.dependencies import Given
from adapters.web.forms import Form
from adapters.web.one_time import ONE_TIME
from core.application.payments.chargebacks import (
    ChargebackInput,
    RecordChargeback,
    ReinstateChargeback,
)
from core.domain.money import Money
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
    form: Given[Form],
    order: Given[Order],
    order_page: Given[OrderPage],
    record_chargeback: Given[RecordChargeback],
) -> Response[Any]:
    """The field ``payment`` is a reference; ``taken`` is in major units."""
    async with context.form_page("order.html", order_page.variables, values=form.values):
        taken = Money.parse(form.text("taken"), order.currency)
        details = ChargebackInput(case=form.text("case"), taken=taken)
        await record_chargeback(order.id, form.text("payment"), details)
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
