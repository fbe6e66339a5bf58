"""Payment gateways, payments and refunds of an order."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from adapters.web.api.body import Body, Code
from adapters.web.dependencies import Given
from adapters.web.urls import ShopUrls
from adapters.web.visitors import AnyRequest
from core.application.payments.gateways import Gateways
from core.application.payments.start import StartPayment
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.refund import Refund, RefundReason, RefundState
from ports.clock import Clock
from ports.orders import OrderQueries, PurchaseOrder
from ports.payments.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    NextAction,
    QrCode,
    Redirect,
    Scene,
)


class NewPayment(Body, frozen=True, kw_only=True):
    """``scene`` is one of the gateway's; ``payer`` is the payer's id for scene ``in_app``."""

    gateway: Code
    scene: Scene | None = None
    payer: Annotated[str, msgspec.Meta(max_length=128)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayView:
    """``scenes`` in the gateway's order of preference."""

    code: str
    name: str
    scenes: tuple[Scene, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStep:
    """The next action of the buyer.

    ``kind`` is ``redirect``, ``form_post``, ``qr_code``, ``in_app`` or ``app``. ``url`` is the
    target of the redirect or of the form with ``fields``. ``text`` is the content of the QR
    code, or of the app call. ``fields`` are the parameters for the gateway's own SDK.
    """

    kind: str
    url: str = ""
    fields: dict[str, str] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """``reference`` is the shop's number of the refund at the gateway.

    ``instalment`` is the code of the instalment that is refunded; empty: the order was paid at
    once.
    """

    reference: str
    amount: Money
    reason: RefundReason
    state: RefundState
    requested_at: datetime
    failure: str
    instalment: str


@get(
    "/gateways",
    operation_id="listPaymentGateways",
    summary="List payment gateways",
    tags=["Checkout"],
)
async def list_gateways(gateways: Given[Gateways], language: Given[str]) -> tuple[GatewayView, ...]:
    return tuple(
        GatewayView(code=code, name=gateway.name.in_language(language), scenes=gateway.scenes)
        for code, gateway in gateways.by_code.items()
    )


@post(
    "/orders/{number:str}/payments",
    operation_id="startPayment",
    summary="Start a payment",
    tags=["Orders"],
)
async def pay(
    data: JSONBody[NewPayment],
    request: AnyRequest,
    order: Given[Order],
    start_payment: Given[StartPayment],
    shop_urls: Given[ShopUrls],
) -> PaymentStep:
    """Returns the next action of the buyer. The same gateway again returns the same payment."""
    payment_input = shop_urls.payment_input(
        request, order.number, order.language, data.gateway, data.scene
    )
    return payment_step(await start_payment(order.id, replace(payment_input, payer=data.payer)))


@get(
    "/orders/{number:str}/purchase",
    operation_id="listOrdersPaidTogether",
    summary="List the orders that are paid together",
    tags=["Orders"],
)
async def list_purchase(
    order: Given[Order], order_queries: Given[OrderQueries], now: Given[Clock]
) -> tuple[PurchaseOrder, ...]:
    """Oldest first, with this one. A payment of one of them pays what is due of all."""
    return await order_queries.paid_together(order.purchase_id, now())


@get(
    "/orders/{number:str}/refunds",
    operation_id="listRefunds",
    summary="List refunds of an order",
    tags=["Orders"],
)
async def list_refunds(
    order: Given[Order], order_queries: Given[OrderQueries]
) -> tuple[RefundView, ...]:
    """Oldest first."""
    return tuple(refund_view(each) for each in await order_queries.refunds(order.id))


def refund_view(refund: Refund) -> RefundView:
    return RefundView(
        reference=refund.reference,
        amount=refund.amount,
        reason=refund.reason,
        state=refund.state,
        requested_at=refund.requested_at,
        failure=refund.failure,
        instalment=refund.instalment,
    )


def payment_step(action: NextAction) -> PaymentStep:
    match action:
        case Redirect(url):
            return PaymentStep(kind="redirect", url=url)
        case FormPost(url, fields):
            return PaymentStep(kind="form_post", url=url, fields=dict(fields))
        case QrCode(text):
            return PaymentStep(kind="qr_code", text=text)
        case InAppParameters(parameters):
            return PaymentStep(kind="in_app", fields=dict(parameters))
        case AppParameters(parameters, text):
            return PaymentStep(kind="app", fields=dict(parameters), text=text)


public_handlers = [list_gateways]
order_handlers = [pay, list_purchase, list_refunds]
