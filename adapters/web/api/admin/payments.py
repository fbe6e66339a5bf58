"""Refunds that staff request."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.params import JSONBody

from adapters.web.api.body import Body, Units
from adapters.web.api.payments import RefundView, refund_view
from adapters.web.dependencies import Given
from core.application.payments.refunds import RefundInput, RequestRefund
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.refund import RefundReason


class RefundBody(Body, frozen=True, kw_only=True):
    """Units by SKU and the shipping, or an ``amount`` in minor units."""

    quantities: dict[str, Units] = msgspec.field(default_factory=dict)
    shipping: bool = False
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**12)] | None = None

    def refund_input(self, actor: str, currency: str) -> RefundInput:
        return RefundInput(
            reason=RefundReason.GOODWILL,
            actor=actor,
            quantities={Sku(sku): units for sku, units in self.quantities.items()},
            shipping=self.shipping,
            amount=None if self.amount is None else Money(self.amount, currency),
        )


@post(
    "/orders/{number:str}/refunds",
    operation_id="refundOrder",
    summary="Refund an order",
    tags=["Back office"],
)
async def refund(
    data: JSONBody[RefundBody],
    order: Given[Order],
    actor: Given[str],
    request_refund: Given[RequestRefund],
) -> RefundView:
    """The refund is pending at first; the worker sends it to the gateway within seconds."""
    return refund_view(await request_refund(order.id, data.refund_input(actor, order.currency)))


handlers = [refund]
