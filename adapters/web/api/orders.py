"""Orders and their payments, for programs."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter, SkipValidation

from adapters.web.addresses import Addresses
from adapters.web.api.carts import cart_owner
from adapters.web.api.page import Cursor, Limit, Page
from adapters.web.visitors import AnyRequest, Doorkeeper, bearer, customer_id, require_member
from core.application.checkout import Checkout, PlacedOrder, PlaceOrder
from core.application.gateways import Gateways
from core.application.orders import CancelOrder, FindOrder, OrderAccess, OrderView, order_view
from core.application.payments import CheckPayments, StartPayment
from core.domain.money import Money
from core.domain.order import Order, OrderState
from ports.clock import NewToken
from ports.media import Media
from ports.payment import FormPost, NextAction, QrCode, Redirect
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
    gateway: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayView:
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStep:
    """What the buyer does next: ``kind`` is ``redirect``, ``form_post`` or ``qr_code``.

    ``url`` is where to go or to post ``fields``; ``text`` is what the QR code says.
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
        GatewayView(code=code, name=gateway.name.in_language(language))
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
    in_state: Annotated[OrderState | None, QueryParameter(name="state")] = None,
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
    back = addresses.of(order.number, order.language, data.gateway)
    action = await start_payment(order.id, data.gateway, back)
    return payment_step(action)


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
    """Only an order that is not paid yet."""
    access = await order_access(request, doorkeeper, order_token)
    order: Order = await find_order(number, access)
    await cancel_order(order.id, "customer")
    return order_view(await find_order(number, access), language, media)


def payment_step(action: NextAction) -> PaymentStep:
    match action:
        case Redirect(url):
            return PaymentStep(kind="redirect", url=url)
        case FormPost(url, fields):
            return PaymentStep(kind="form_post", url=url, fields=dict(fields))
        case QrCode(text):
            return PaymentStep(kind="qr_code", text=text)


async def order_access(request: AnyRequest, doorkeeper: Doorkeeper, token: str) -> OrderAccess:
    visitor = await doorkeeper.member(bearer(request))
    return OrderAccess(customer_id=customer_id(visitor), token=token)


handlers = [list_gateways, place, list_orders, show_order, pay, cancel]
