"""Chargebacks of a payment: record them, and that the bank gave the money back."""

from contextlib import suppress
from typing import Annotated

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody

from adapters.web.access.requirements import needs
from adapters.web.api.body import Body
from adapters.web.dependencies import Given
from core.application.payments.chargebacks import (
    ChargebackInput,
    RecordChargeback,
    ReinstateChargeback,
)
from core.application.payments.money import MoneyView, money_view
from core.domain.errors import AlreadyDone
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.shop_permissions import ORDERS_READ, PAYMENTS_CHARGEBACK
from ports.orders import OrderQueries


class ChargebackBody(Body, frozen=True, kw_only=True):
    """``case`` is the provider's number of the case, ``taken`` is in minor units."""

    case: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,64}$")]
    taken: Annotated[int, msgspec.Meta(ge=1, le=10**12)]


@post(
    "/orders/{number:str}/payments/{reference:str}/chargebacks",
    operation_id="recordChargeback",
    summary="Record a chargeback",
    tags=["Back office"],
    opt=needs(ORDERS_READ, PAYMENTS_CHARGEBACK),
)
async def record(
    reference: FromPath[str],
    data: JSONBody[ChargebackBody],
    order: Given[Order],
    order_queries: Given[OrderQueries],
    record_chargeback: Given[RecordChargeback],
) -> MoneyView:
    """The bank took money of a payment. Idempotent by the case number.

    Refunds cannot return the money that the bank took.
    """
    details = ChargebackInput(case=data.case, taken=Money(data.taken, order.currency))
    with suppress(AlreadyDone):
        await record_chargeback(order.id, reference, details)
    return money_view(order, await order_queries.ledgers(order.id))


@post(
    "/orders/{number:str}/payments/{reference:str}/chargebacks/{case:str}/reinstate",
    operation_id="reinstateChargeback",
    summary="Record that a chargeback was reversed",
    tags=["Back office"],
    status_code=200,
    opt=needs(ORDERS_READ, PAYMENTS_CHARGEBACK),
)
async def reinstate(
    reference: FromPath[str],
    case: FromPath[str],
    order: Given[Order],
    order_queries: Given[OrderQueries],
    reinstate_chargeback: Given[ReinstateChargeback],
) -> MoneyView:
    """The bank gave all money of this chargeback back."""
    with suppress(AlreadyDone):
        await reinstate_chargeback(order.id, reference, case)
    return money_view(order, await order_queries.ledgers(order.id))


handlers = [record, reinstate]
