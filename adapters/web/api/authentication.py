"""Dependencies that read the session token and the order token of an API request."""

from typing import Annotated

from litestar.exceptions import NotAuthorizedException
from litestar.params import FromPath, HeaderParameter

from adapters.web.dependencies import Given
from adapters.web.visitors import AnyRequest, Authenticator, bearer, customer_id
from core.application.carts.ownership import CartOwner
from core.application.orders.access import OrderAccess
from core.domain.errors import Invalid
from core.domain.identifiers import CustomerId
from core.domain.pricing.channels import SalesChannel
from ports.security import CartTokens
from ports.sessions import Principal

OWN_CART = "mine"

OrderToken = Annotated[
    str,
    HeaderParameter(
        name="Order-Token",
        max_length=100,
        description="The `access_token` of an order that a guest placed.",
    ),
]


async def find_visitor(
    request: AnyRequest, authenticator: Given[Authenticator]
) -> Principal | None:
    return await authenticator.member(bearer(request))


def require_member(principal: Given[Principal | None]) -> CustomerId:
    """The signed-in customer; 401 for a guest."""
    return CustomerId(signed_in_member(principal).account_id)


def signed_in_member(principal: Given[Principal | None]) -> Principal:
    """The session of the signed-in customer; 401 for a guest."""
    if principal is None:
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})
    return principal


def owner_of_path(
    token: FromPath[str], principal: Given[Principal | None], cart_tokens: Given[CartTokens]
) -> CartOwner:
    return cart_owner(token, principal, cart_tokens)


def cart_owner(token: str, principal: Principal | None, cart_tokens: CartTokens) -> CartOwner:
    """Raises `Invalid` for a token that the shop did not make, or ``mine`` without a session."""
    if token != OWN_CART:
        if not cart_tokens.is_genuine(token):
            raise Invalid("token", "This is not a cart token.")
        return CartOwner(token=token, channel=SalesChannel.API)
    if principal is None:
        raise Invalid("token", "Sign in to use the cart “mine”.")
    return CartOwner(customer_id=customer_id(principal), channel=SalesChannel.API)


def customer_order_access(
    principal: Given[Principal | None], order_token: OrderToken = ""
) -> OrderAccess:
    """The customer's own orders, and the order that the token belongs to."""
    return OrderAccess(customer_id=customer_id(principal), token=order_token)
