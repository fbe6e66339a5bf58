"""Orders and their payments, for programs."""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter, SkipValidation

from adapters.web.addresses import Addresses
from adapters.web.api.aftersales import RefundView, ReturnView, refund_view, return_view
from adapters.web.api.carts import cart_owner
from adapters.web.api.page import Cursor, Limit, Page
from adapters.web.visitors import AnyRequest, Doorkeeper, bearer, customer_id, require_member
from core.application.checkout import Checkout, PlacedOrder, PlaceOrder
from core.application.gateways import Gateways
from core.application.orders import CancelOrder, FindOrder, OrderAccess, OrderView, order_view
from core.application.payments import CheckPayments, StartPayment
from core.application.returns import RequestReturn
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.order import Order, OrderStage, OrderState
from core.domain.returns import Remedy, ReturnReason, Wish
from ports.clock import NewToken
from ports.media import Media
from ports.payment.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    NextAction,
    QrCode,
    Redirect,
    Scene,
)
from ports.storage.ledgers import OrderLedger, OrderSummary

AccessToken = Annotated[
    str,
    HeaderParameter(
        name="Order-Token", max_length=100, description="A guest's `access_token` of the order."
    ),
]
IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key", max_length=128, description="Makes sending it twice safe."
    ),
]


class MoneyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Minor units of an ISO 4217 currency."""

    minor: int
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class NewOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was reviewed: if the cart or the total is another one by now, it is refused."""

    cart: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    cart_version: int
    shipping_code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    total: MoneyBody


class NewPayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``scene`` is where the buyer is, one of the gateway's; ``payer`` is for ``in_app``."""

    gateway: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    scene: Scene | None = None
    payer: Annotated[str, msgspec.Meta(max_length=128)] = ""


class NewReturn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units by SKU, why, and what for."""

    quantities: Annotated[
        dict[str, Annotated[int, msgspec.Meta(ge=1, le=999)]], msgspec.Meta(min_length=1)
    ]
    reason: ReturnReason
    remedy: Remedy
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayView:
    """``scenes`` are those that it serves, the one it likes best first."""

    code: str
    name: str
    scenes: tuple[Scene, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStep:
    """What the buyer does next.

    ``kind`` is ``redirect``, ``form_post``, ``qr_code``, ``in_app`` or ``app``. ``url`` is
    where to go or to post ``fields``; ``text`` is what the QR code says, or what an app hands
    on; ``fields`` are what a page or an app hands to the gateway's own.
    """

    kind: str
    url: str = ""
    fields: dict[str, str] | None = None
    text: str = ""


@get("/gateways", summary="List the ways to pay", tags=["Orders"])
async def list_gateways(
    gateways: NamedDependency[SkipValidation[Gateways]], language: NamedDependency[str]
) -> tuple[GatewayView, ...]:
    return tuple(
        GatewayView(code=code, name=gateway.name.in_language(language), scenes=gateway.scenes)
        for code, gateway in gateways.by_code.items()
    )


@post("/orders", summary="Place an order", tags=["Orders"])
async def place(
    data: JSONBody[NewOrder],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    place_order: NamedDependency[SkipValidation[PlaceOrder]],
    new_token: NamedDependency[SkipValidation[NewToken]],
    language: NamedDependency[str],
    idempotency_key: IdempotencyKey = "",
) -> PlacedOrder:
    """Its goods are set aside for 30 minutes, until it is paid."""
    owner = await cart_owner(request, doorkeeper, data.cart)
    return await place_order(
        owner,
        Checkout(
            key=idempotency_key or new_token(),
            shipping_code=data.shipping_code,
            total=Money(data.total.minor, data.total.currency),
            cart_version=data.cart_version,
            language=language,
        ),
    )


@get("/orders", summary="List my orders", tags=["Orders"])
async def list_orders(
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    language: NamedDependency[str],
    in_state: Annotated[OrderStage | None, QueryParameter(name="state")] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Page[OrderSummary]:
    """A member's orders, latest first."""
    member = require_member(await doorkeeper.member(bearer(request)))
    rows, following = await order_ledger.list(
        customer_id=member, state=in_state, words="", language=language, limit=limit, cursor=cursor
    )
    return Page(rows, following)


@get("/orders/{number:str}", summary="Show an order", tags=["Orders"])
async def show_order(
    number: FromPath[str],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    check_payments: NamedDependency[SkipValidation[CheckPayments]],
    media: NamedDependency[SkipValidation[Media]],
    language: NamedDependency[str],
    order_token: AccessToken = "",
) -> OrderView:
    """For its member, or with the token that its guest was given."""
    access = await order_access(request, doorkeeper, order_token)
    order = await find_order(number, access)
    if order.state is OrderState.PLACED:
        await check_payments(order.id)
        order = await find_order(number, access)
    return order_view(order, language, media)


@post("/orders/{number:str}/payments", summary="Pay an order", tags=["Orders"])
async def pay(
    number: FromPath[str],
    data: JSONBody[NewPayment],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    start_payment: NamedDependency[SkipValidation[StartPayment]],
    addresses: NamedDependency[SkipValidation[Addresses]],
    order_token: AccessToken = "",
) -> PaymentStep:
    """The answer says what the buyer does next. The same gateway again is the same payment."""
    order = await find_order(number, await order_access(request, doorkeeper, order_token))
    wish = addresses.wish(request, order.number, order.language, data.gateway, data.scene)
    return payment_step(await start_payment(order.id, replace(wish, payer=data.payer)))


@post("/orders/{number:str}/cancel", summary="Cancel an order", tags=["Orders"], status_code=200)
async def cancel(
    number: FromPath[str],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    cancel_order: NamedDependency[SkipValidation[CancelOrder]],
    media: NamedDependency[SkipValidation[Media]],
    language: NamedDependency[str],
    order_token: AccessToken = "",
) -> OrderView:
    """Only an order that has not shipped; what was paid for it goes back."""
    access = await order_access(request, doorkeeper, order_token)
    order: Order = await find_order(number, access)
    await cancel_order(order.id, "customer")
    return order_view(await find_order(number, access), language, media)


@get("/orders/{number:str}/refunds", summary="List an order's refunds", tags=["Orders"])
async def list_refunds(
    number: FromPath[str],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    order_token: AccessToken = "",
) -> tuple[RefundView, ...]:
    """What is given back of what was paid, oldest first."""
    order = await find_order(number, await order_access(request, doorkeeper, order_token))
    return tuple(refund_view(each) for each in await order_ledger.refunds(order.id))


@get("/orders/{number:str}/returns", summary="List an order's returns", tags=["Orders"])
async def list_returns(
    number: FromPath[str],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    order_token: AccessToken = "",
) -> tuple[ReturnView, ...]:
    order = await find_order(number, await order_access(request, doorkeeper, order_token))
    return tuple(return_view(each) for each in await order_ledger.returns(order.id))


@post("/orders/{number:str}/returns", summary="Ask to send goods back", tags=["Orders"])
async def send_back(
    number: FromPath[str],
    data: JSONBody[NewReturn],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    request_return: NamedDependency[SkipValidation[RequestReturn]],
    order_token: AccessToken = "",
) -> ReturnView:
    """Without a reason within seven days, because something is wrong within fifteen."""
    order = await find_order(number, await order_access(request, doorkeeper, order_token))
    wish = Wish(
        quantities={Sku(sku): units for sku, units in data.quantities.items()},
        reason=data.reason,
        remedy=data.remedy,
        note=data.note,
    )
    return return_view(await request_return(order.id, wish))


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


async def order_access(request: AnyRequest, doorkeeper: Doorkeeper, token: str) -> OrderAccess:
    visitor = await doorkeeper.member(bearer(request))
    return OrderAccess(customer_id=customer_id(visitor), token=token)


handlers = [
    list_gateways,
    place,
    list_orders,
    show_order,
    pay,
    cancel,
    list_refunds,
    list_returns,
    send_back,
]
