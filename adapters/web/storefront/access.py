"""Dependencies for access control: the member, the cart owner and the visible orders."""

from urllib.parse import quote

from adapters.web.dependencies import Given
from adapters.web.forms import RespondWith
from adapters.web.storefront.context import MAX_TOKEN_LENGTH, StorefrontContext
from adapters.web.visitors import SAFE_METHODS
from core.application.carts.ownership import CartOwner
from core.application.orders.access import OrderAccess
from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId
from core.domain.pricing.channels import SalesChannel

MAX_PATH_LENGTH = 200


def require_member(context: Given[StorefrontContext]) -> CustomerId:
    """The signed-in customer. A guest is redirected to the sign-in page, and back afterwards."""
    if context.customer_id is not None:
        return context.customer_id
    path = context.request.scope["path"]
    if context.request.method not in SAFE_METHODS:
        raise NotFound("page", path)
    raise RespondWith(context.redirect(f"/login?next={quote(path[:MAX_PATH_LENGTH])}"))


def cart_owner(context: Given[StorefrontContext]) -> CartOwner:
    return CartOwner(
        token=context.cart_token, customer_id=context.customer_id, channel=SalesChannel.WEB
    )


def order_access(context: Given[StorefrontContext]) -> OrderAccess:
    """The customer's orders, and the order of the signed ``key`` in the URL."""
    return OrderAccess(
        customer_id=context.customer_id, token=context.query("key")[:MAX_TOKEN_LENGTH]
    )
