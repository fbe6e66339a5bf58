"""Carts: lines, delivery address and checkout review."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from adapters.contacts.normalisation import normal_contact
from adapters.web.api.address import AddressBody
from adapters.web.api.body import Body, SkuText
from adapters.web.dependencies import Given
from core.application.carts.changes import AddToCart, ChangeQuantity, SetDelivery
from core.application.carts.ownership import CartOwner
from core.application.carts.views import CartView, ShowCart
from core.application.orders.checkout_review import CheckoutView, ReviewCheckout
from core.domain.carts import Delivery
from core.domain.identifiers import Sku
from ports.clock import NewToken


class NewLine(Body, frozen=True, kw_only=True):
    """Adds the units to those that the cart already has."""

    sku: SkuText
    quantity: int = 1


class LineChange(Body, frozen=True, kw_only=True):
    """``quantity`` 0 removes the line. If ``version`` is not the cart's, the response is 409."""

    quantity: int
    version: int | None = None


class DeliveryBody(Body, frozen=True, kw_only=True):
    """``contact`` is an e-mail address or a mobile number for messages about the order."""

    contact: Annotated[str, msgspec.Meta(max_length=200)]
    address: AddressBody


@dataclass(frozen=True, slots=True)
class NewCart:
    """The token is secret: it gives access to the cart."""

    token: str


@post("/carts", operation_id="createCart", summary="Create a cart", tags=["Cart"])
async def create_cart(new_token: Given[NewToken]) -> NewCart:
    """The cart of a guest. The token of a signed-in customer's cart is `mine`."""
    return NewCart(new_token())


@get("/carts/{token:str}", operation_id="getCart", summary="Get a cart", tags=["Cart"])
async def get_cart(
    owner: Given[CartOwner], show_cart: Given[ShowCart], language: Given[str]
) -> CartView:
    """Prices and stock are current. A line that cannot be ordered has the reason."""
    return await show_cart(owner, language)


@post(
    "/carts/{token:str}/lines",
    operation_id="addCartLine",
    summary="Add a cart line",
    tags=["Cart"],
)
async def add_line(
    data: JSONBody[NewLine],
    owner: Given[CartOwner],
    add_to_cart: Given[AddToCart],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    await add_to_cart(owner, Sku(data.sku), data.quantity)
    return await show_cart(owner, language)


@patch(
    "/carts/{token:str}/lines/{sku:str}",
    operation_id="changeCartLine",
    summary="Change a cart line",
    tags=["Cart"],
)
async def change_line(
    sku: FromPath[str],
    data: JSONBody[LineChange],
    owner: Given[CartOwner],
    change_quantity: Given[ChangeQuantity],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    await change_quantity(owner, Sku(sku), data.quantity, data.version)
    return await show_cart(owner, language)


@delete(
    "/carts/{token:str}/lines/{sku:str}",
    operation_id="removeCartLine",
    summary="Remove a cart line",
    tags=["Cart"],
    status_code=200,
)
async def remove_line(
    sku: FromPath[str],
    owner: Given[CartOwner],
    change_quantity: Given[ChangeQuantity],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    await change_quantity(owner, Sku(sku), 0)
    return await show_cart(owner, language)


@put(
    "/carts/{token:str}/delivery",
    operation_id="setDelivery",
    summary="Set the delivery address",
    tags=["Checkout"],
)
async def save_delivery(
    data: JSONBody[DeliveryBody],
    owner: Given[CartOwner],
    set_delivery: Given[SetDelivery],
    review_checkout: Given[ReviewCheckout],
    language: Given[str],
) -> CheckoutView:
    """The response lists the shipping rates for the address, cheapest first."""
    delivery = Delivery(contact=normal_contact(data.contact), address=data.address.address())
    await set_delivery(owner, delivery)
    return await review_checkout(owner, language)


@get(
    "/carts/{token:str}/checkout",
    operation_id="reviewCheckout",
    summary="Review the checkout",
    tags=["Checkout"],
)
async def review(
    owner: Given[CartOwner], review_checkout: Given[ReviewCheckout], language: Given[str]
) -> CheckoutView:
    """The cart and the shipping rates. The total is the goods plus the chosen rate."""
    return await review_checkout(owner, language)


handlers = [create_cart, get_cart, add_line, change_line, remove_line, save_delivery, review]
