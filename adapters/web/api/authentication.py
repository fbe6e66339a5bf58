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
from ports.sessions import Principal

OWN_CART = "mine"
MAX_TOKEN_LENGTH = 100

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
    if principal is None:
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})
    return CustomerId(principal.account_id)


def owner_of_path(token: FromPath[str], principal: Given[Principal | None]) -> CartOwner:
    return cart_owner(token, principal)


def cart_owner(token: str, principal: Principal | None) -> CartOwner:
    """Raises `Invalid` for a token that is too long, or for ``mine`` without a session."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise Invalid("token", "This is not a cart token.")
    if token != OWN_CART:
        return CartOwner(token=token)
    if principal is None:
        raise Invalid("token", "Sign in to use the cart “mine”.")
    return CartOwner(token="", customer_id=customer_id(principal))


def customer_order_access(
    principal: Given[Principal | None], order_token: OrderToken = ""
) -> OrderAccess:
    """The customer's own orders, and the order that the token belongs to."""
    return OrderAccess(customer_id=customer_id(principal), token=order_token)
