"""Carts: lines, delivery address and checkout review."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from adapters.contacts.normalisation import normal_contact
from adapters.web.api.address import AddressBody
from adapters.web.api.body import Body, FieldsBody, Quantity, SkuText, Version
from adapters.web.dependencies import Given
from core.application.carts.additions import AddOffered, KeepAtOrdinaryPrice
from core.application.carts.changes import AddToCart, ChangeQuantity, SetDelivery
from core.application.carts.coupons import AddCoupon, RemoveCoupon
from core.application.carts.line_fields import SetLineFields
from core.application.carts.ownership import CartOwner
from core.application.carts.points import SpendPoints
from core.application.carts.views import CartView, ShowCart
from core.application.orders.checkout_review import CheckoutView, ReviewCheckout
from core.domain.carts import MAX_POINTS, Delivery
from core.domain.errors import AlreadyDone
from core.domain.identifiers import LineKey, Sku
from ports.security import CartTokens


class NewLine(Body, frozen=True, kw_only=True):
    """Adds the units to those that the cart already has. The response has the `key` of the line.

    ``source`` is that of one of the ``additions`` of the cart: the units get its price.
    """

    sku: SkuText
    quantity: Quantity = 1
    source: Annotated[str, msgspec.Meta(max_length=100)] = ""


class PointsBody(Body, frozen=True, kw_only=True):
    """The largest number of points to spend; 0 spends none."""

    points: Annotated[int, msgspec.Meta(ge=0, le=MAX_POINTS)]


class LineChange(Body, frozen=True, kw_only=True):
    """``quantity`` 0 removes the line. If ``version`` is not the cart's, the response is 409."""

    quantity: Quantity
    version: Version | None = None


class LineFields(Body, frozen=True, kw_only=True):
    """A null removes a value; a missing name keeps it."""

    fields: FieldsBody


class DeliveryBody(Body, frozen=True, kw_only=True):
    """``contact`` is an e-mail address or a mobile number for messages about the order."""

    contact: Annotated[str, msgspec.Meta(max_length=200)]
    address: AddressBody


@dataclass(frozen=True, slots=True)
class NewCart:
    """The token is secret: it gives access to the cart."""

    token: str


@post("/carts", operation_id="createCart", summary="Create a cart", tags=["Cart"])
async def create_cart(cart_tokens: Given[CartTokens]) -> NewCart:
    """The cart of a guest. The token of a signed-in customer's cart is `mine`."""
    return NewCart(cart_tokens.new())


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
    add_offered: Given[AddOffered],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    with suppress(AlreadyDone):
        if data.source:
            await add_offered(owner, Sku(data.sku), data.quantity, data.source)
        else:
            await add_to_cart(owner, Sku(data.sku), data.quantity)
    return await show_cart(owner, language)


@patch(
    "/carts/{token:str}/lines/{line:str}",
    operation_id="changeCartLine",
    summary="Change a cart line",
    tags=["Cart"],
)
async def change_line(
    line: FromPath[str],
    data: JSONBody[LineChange],
    owner: Given[CartOwner],
    change_quantity: Given[ChangeQuantity],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    await change_quantity(owner, LineKey(line), data.quantity, data.version)
    return await show_cart(owner, language)


@put(
    "/carts/{token:str}/lines/{line:str}/keep",
    operation_id="keepCartLine",
    summary="Keep a cart line at the ordinary price",
    tags=["Cart"],
    status_code=200,
)
async def keep_line(
    line: FromPath[str],
    owner: Given[CartOwner],
    keep_at_ordinary_price: Given[KeepAtOrdinaryPrice],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    """For a line with the problem `offer_lost`. It joins the line of its SKU without `source`."""
    await keep_at_ordinary_price(owner, LineKey(line))
    return await show_cart(owner, language)


@delete(
    "/carts/{token:str}/lines/{line:str}",
    operation_id="removeCartLine",
    summary="Remove a cart line",
    tags=["Cart"],
    status_code=200,
)
async def remove_line(
    line: FromPath[str],
    owner: Given[CartOwner],
    change_quantity: Given[ChangeQuantity],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    await change_quantity(owner, LineKey(line), 0)
    return await show_cart(owner, language)


@put(
    "/carts/{token:str}/coupons/{code:str}",
    operation_id="addCoupon",
    summary="Add a coupon",
    tags=["Cart"],
)
async def put_coupon(
    code: FromPath[str],
    owner: Given[CartOwner],
    add_coupon: Given[AddCoupon],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    """A code whose conditions are not met yet stays on the cart, and says what is missing."""
    await add_coupon(owner, code)
    return await show_cart(owner, language)


@delete(
    "/carts/{token:str}/coupons/{code:str}",
    operation_id="removeCoupon",
    summary="Remove a coupon",
    tags=["Cart"],
    status_code=200,
)
async def delete_coupon(
    code: FromPath[str],
    owner: Given[CartOwner],
    remove_coupon: Given[RemoveCoupon],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    await remove_coupon(owner, code)
    return await show_cart(owner, language)


@put(
    "/carts/{token:str}/points",
    operation_id="spendPoints",
    summary="Pay with points",
    tags=["Cart"],
)
async def put_points(
    data: JSONBody[PointsBody],
    owner: Given[CartOwner],
    spend_points: Given[SpendPoints],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    """For members. `points.spent` says how many points the cart takes."""
    await spend_points(owner, data.points)
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
    """The cart and the shipping rates, each with the sums of the whole order."""
    return await review_checkout(owner, language)


@put(
    "/carts/{token:str}/lines/{line:str}/fields",
    operation_id="setCartLineFields",
    summary="Set fields of a cart line",
    tags=["Cart"],
)
async def put_line_fields(
    line: FromPath[str],
    data: JSONBody[LineFields],
    owner: Given[CartOwner],
    set_line_fields: Given[SetLineFields],
    show_cart: Given[ShowCart],
    language: Given[str],
) -> CartView:
    """For the `line_inputs` of the cart. The order keeps the values of its lines."""
    await set_line_fields(owner, LineKey(line), data.fields)
    return await show_cart(owner, language)


handlers = [
    create_cart,
    get_cart,
    add_line,
    change_line,
    keep_line,
    remove_line,
    put_coupon,
    delete_coupon,
    put_points,
    put_line_fields,
    save_delivery,
    review,
]
