"""Refunds that staff request."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody

from adapters.web.access.requirements import needs
from adapters.web.api.body import Body, LinesBody, units_by_line
from adapters.web.api.payments import RefundView, refund_view
from adapters.web.dependencies import Given
from core.application.payments.failed_refunds import ReplaceRefund, RetryRefund, ReverseRefund
from core.application.payments.refunds import RefundInput, RequestRefund
from core.domain.errors import AlreadyDone
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.refund import RefundReason
from core.domain.shop_permissions import ORDERS_READ, ORDERS_REFUND, PAYMENTS_READ
from ports.clock import Clock
from ports.orders import OrderQueries

MOST_REFUNDS = 100


class RefundBody(Body, frozen=True, kw_only=True):
    """Units of ``lines`` and the shipping, or an ``amount`` in minor units.

    With units or shipping, ``amount`` is a lower price for them.
    """

    lines: LinesBody = ()
    shipping: bool = False
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**12)] | None = None

    def refund_input(self, actor: str, currency: str) -> RefundInput:
        return RefundInput(
            reason=RefundReason.GOODWILL,
            actor=actor,
            quantities=units_by_line(self.lines),
            shipping=self.shipping,
            amount=None if self.amount is None else Money(self.amount, currency),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundToCheck:
    """``order`` is the number of the order."""

    order: str
    refund: RefundView


@post(
    "/orders/{number:str}/refunds",
    operation_id="refundOrder",
    summary="Refund an order",
    tags=["Back office"],
    opt=needs(ORDERS_READ, ORDERS_REFUND),
)
async def refund(
    data: JSONBody[RefundBody],
    order: Given[Order],
    actor: Given[str],
    request_refund: Given[RequestRefund],
    order_queries: Given[OrderQueries],
) -> RefundView | None:
    """The refund is requested at first; the worker sends it to the gateway within seconds.

    Units that are not shipped yet are refunded first, and are not sent any more. The response is
    null if the units were free, such as a gift: there is no money to return.
    """
    try:
        requested = await request_refund(order.id, data.refund_input(actor, order.currency))
    except AlreadyDone as earlier:
        refunds = await order_queries.refunds(order.id)
        requested = next((each for each in refunds if each.reference == earlier.made), None)
    return None if requested is None else refund_view(requested)


@get(
    "/refunds",
    operation_id="listRefundsToCheck",
    summary="List refunds that need attention",
    tags=["Back office"],
    opt=needs(PAYMENTS_READ),
)
async def list_refunds_to_check(
    order_queries: Given[OrderQueries], now: Given[Clock]
) -> tuple[RefundToCheck, ...]:
    """Blocked, failed, or open for longer than a day; oldest first, at most 100."""
    return tuple(
        RefundToCheck(order=number, refund=refund_view(each))
        for each, number in await order_queries.refunds_to_check(now(), MOST_REFUNDS)
    )


@post(
    "/orders/{number:str}/refunds/{reference:str}/retry",
    operation_id="retryRefund",
    summary="Retry a refund",
    tags=["Back office"],
    status_code=202,
    opt=needs(ORDERS_READ, ORDERS_REFUND),
)
async def retry(
    reference: FromPath[str],
    order: Given[Order],
    order_queries: Given[OrderQueries],
    retry_refund: Given[RetryRefund],
) -> RefundView:
    """A blocked or failed refund is sent again under the same reference."""
    with suppress(AlreadyDone):
        await retry_refund(order.id, reference)
    return await _view(order, reference, order_queries)


@post(
    "/orders/{number:str}/refunds/{reference:str}/replace",
    operation_id="replaceRefund",
    summary="Record that the money was returned another way",
    tags=["Back office"],
    status_code=200,
    opt=needs(ORDERS_READ, ORDERS_REFUND),
)
async def replace(
    reference: FromPath[str],
    order: Given[Order],
    order_queries: Given[OrderQueries],
    replace_refund: Given[ReplaceRefund],
) -> RefundView:
    """Ends a blocked or failed refund. The gateway is asked first whether it made the refund."""
    with suppress(AlreadyDone):
        await replace_refund(order.id, reference)
    return await _view(order, reference, order_queries)


@post(
    "/orders/{number:str}/refunds/{reference:str}/reverse",
    operation_id="reverseRefund",
    summary="Record that a refund came back",
    tags=["Back office"],
    status_code=200,
    opt=needs(ORDERS_READ, ORDERS_REFUND),
)
async def reverse(
    reference: FromPath[str],
    order: Given[Order],
    order_queries: Given[OrderQueries],
    reverse_refund: Given[ReverseRefund],
) -> RefundView:
    """The money of a refund came back, such as from a closed account. It can be refunded again."""
    with suppress(AlreadyDone):
        await reverse_refund(order.id, reference)
    return await _view(order, reference, order_queries)


async def _view(order: Order, reference: str, order_queries: OrderQueries) -> RefundView:
    refunds = await order_queries.refunds(order.id)
    return next(refund_view(each) for each in refunds if each.reference == reference)


handlers = [refund, list_refunds_to_check, retry, replace, reverse]
