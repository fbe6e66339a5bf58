"""Orders of a customer or a guest."""

from contextlib import suppress
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter

from adapters.web.access.orders import ReadOrder
from adapters.web.api.authentication import cart_owner
from adapters.web.api.body import Body, Code, FieldsBody, MoneyBody, SignedMinorUnits, Version
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.client_address import client_network
from adapters.web.dependencies import Given
from adapters.web.visitors import AnyRequest
from core.application.orders.cancellation import CancelOrder
from core.application.orders.checkout import Checkout, PlacedOrder, PlaceOrder
from core.application.orders.views import OrderView
from core.application.payments.attempts import CheckPayments
from core.domain.errors import AlreadyDone
from core.domain.identifiers import CustomerId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage, OrderState
from ports.clock import NewToken
from ports.orders import OrderQueries, OrderSummary
from ports.security import CartTokens
from ports.sessions import Principal

IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key", max_length=128, description="Makes a retry of the request safe."
    ),
]


class NewOrder(Body, frozen=True, kw_only=True):
    """The reviewed checkout. If the cart or the total has changed since, the response is 409.

    ``total`` and ``discounts`` are those of the chosen rate. With ``discounts``, the response names
    the offers that changed. ``fields`` are values of the ``fields`` of the reviewed checkout.
    """

    cart: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    cart_version: Version
    shipping_code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    total: MoneyBody
    discounts: Annotated[dict[Code, SignedMinorUnits], msgspec.Meta(max_length=100)] | None = None
    fields: FieldsBody = msgspec.field(default_factory=dict)


@post("/orders", operation_id="placeOrder", summary="Place an order", tags=["Checkout"])
async def place(
    data: JSONBody[NewOrder],
    request: AnyRequest,
    principal: Given[Principal | None],
    place_order: Given[PlaceOrder],
    new_token: Given[NewToken],
    cart_tokens: Given[CartTokens],
    language: Given[str],
    idempotency_key: IdempotencyKey = "",
) -> PlacedOrder:
    """The stock is reserved until the time limit for the payment."""
    return await place_order(
        cart_owner(data.cart, principal, cart_tokens),
        Checkout(
            key=idempotency_key or new_token(),
            shipping_code=data.shipping_code,
            total=Money(data.total.minor, data.total.currency),
            cart_version=data.cart_version,
            language=language,
            client=client_network(request),
            discounts=data.discounts,
            fields=data.fields,
        ),
    )


@get("/orders", operation_id="listOrders", summary="List orders", tags=["Orders"])
async def list_orders(
    member: Given[CustomerId],
    order_queries: Given[OrderQueries],
    language: Given[str],
    in_state: Annotated[OrderStage | None, QueryParameter(name="state")] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Page[OrderSummary]:
    """The signed-in customer's orders, newest first."""
    rows, next_cursor = await order_queries.list(
        customer_id=member, state=in_state, words="", language=language, limit=limit, cursor=cursor
    )
    return Page(rows, next_cursor)


@get("/orders/{number:str}", operation_id="getOrder", summary="Get an order", tags=["Orders"])
async def show(
    order: Given[Order], read_order: Given[ReadOrder], check_payments: Given[CheckPayments]
) -> OrderView:
    """Requires the customer's session, or the guest's `Order-Token`."""
    if order.state is not OrderState.PLACED:
        return read_order.view_of(order)
    await check_payments(order.id)
    return await read_order.view()


@post(
    "/orders/{number:str}/cancel",
    operation_id="cancelOrder",
    summary="Cancel an order",
    tags=["Orders"],
    status_code=200,
)
async def cancel(
    order: Given[Order], read_order: Given[ReadOrder], cancel_order: Given[CancelOrder]
) -> OrderView:
    """Only before shipping; a payment is refunded."""
    with suppress(AlreadyDone):
        await cancel_order(order.id, "customer")
    return await read_order.view()


handlers = [place]
member_handlers = [list_orders]
order_handlers = [show, cancel]
