"""Carts and what belongs to a checkout, for programs."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from adapters.contacts.normalisation import normal_contact, phone_or_text
from adapters.regions import check_divisions
from adapters.web.visitors import AnyRequest, Doorkeeper, bearer, owner_of
from core.application.carts import (
    AddToCart,
    CartOwner,
    CartView,
    ChangeQuantity,
    SetDelivery,
    ShowCart,
)
from core.application.checkout import CheckoutView, ReviewCheckout
from core.domain.address import Address
from core.domain.cart import Delivery
from core.domain.errors import Invalid
from core.domain.identifiers import Sku
from ports.clock import NewToken

Text = Annotated[str, msgspec.Meta(max_length=200)]
LONGEST_TOKEN = 100


class NewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SKU and how many more of it; the units are added to those in the cart."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    quantity: int = 1


class LineChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``quantity`` 0 takes the line out. ``version`` is the cart's that was shown, if given."""

    quantity: int
    version: int | None = None


class AddressBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``phone`` as people write it; in China region, city and district are required."""

    name: Text
    phone: Text
    country: Annotated[str, msgspec.Meta(min_length=2, max_length=2)] = "CN"
    region: Text = ""
    city: Text
    district: Text = ""
    street: Text
    postcode: Text = ""

    def address(self) -> Address:
        """Raises `Invalid`."""
        address = Address(
            name=self.name.strip(),
            phone=phone_or_text(self.phone, self.country),
            country=self.country,
            region=self.region.strip(),
            city=self.city.strip(),
            district=self.district.strip(),
            street=self.street.strip(),
            postcode=self.postcode.strip(),
        )
        check_divisions(address)
        return address


class DeliveryBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``contact`` is the e-mail or mobile number that is told about the order."""

    contact: Text
    address: AddressBody


@dataclass(frozen=True, slots=True)
class NewCart:
    """The cart's secret: whoever has it has the cart."""

    token: str


@post("/carts", summary="Begin a cart", tags=["Cart"])
async def begin_cart(new_token: NamedDependency[SkipValidation[NewToken]]) -> NewCart:
    """A guest's cart. A member's own cart has the token `mine`."""
    return NewCart(new_token())


@get("/carts/{token:str}", summary="Show a cart", tags=["Cart"])
async def show_cart_(
    token: FromPath[str],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    language: NamedDependency[str],
) -> CartView:
    """At the prices and with the stock of now; a line says what is wrong with it."""
    return await show_cart(await cart_owner(request, doorkeeper, token), language)


@post("/carts/{token:str}/lines", summary="Put something in", tags=["Cart"])
async def add_line(
    token: FromPath[str],
    data: JSONBody[NewLine],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    add_to_cart: NamedDependency[SkipValidation[AddToCart]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    language: NamedDependency[str],
) -> CartView:
    owner = await cart_owner(request, doorkeeper, token)
    await add_to_cart(owner, Sku(data.sku), data.quantity)
    return await show_cart(owner, language)


@patch("/carts/{token:str}/lines/{sku:str}", summary="Say how many", tags=["Cart"])
async def change_line(
    token: FromPath[str],
    sku: FromPath[str],
    data: JSONBody[LineChange],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    change_quantity: NamedDependency[SkipValidation[ChangeQuantity]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    language: NamedDependency[str],
) -> CartView:
    owner = await cart_owner(request, doorkeeper, token)
    await change_quantity(owner, Sku(sku), data.quantity, data.version)
    return await show_cart(owner, language)


@delete("/carts/{token:str}/lines/{sku:str}", summary="Take it out", tags=["Cart"], status_code=200)
async def remove_line(
    token: FromPath[str],
    sku: FromPath[str],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    change_quantity: NamedDependency[SkipValidation[ChangeQuantity]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    language: NamedDependency[str],
) -> CartView:
    owner = await cart_owner(request, doorkeeper, token)
    await change_quantity(owner, Sku(sku), 0)
    return await show_cart(owner, language)


@put("/carts/{token:str}/delivery", summary="Say where to send it", tags=["Cart"])
async def set_delivery_(
    token: FromPath[str],
    data: JSONBody[DeliveryBody],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    set_delivery: NamedDependency[SkipValidation[SetDelivery]],
    review_checkout: NamedDependency[SkipValidation[ReviewCheckout]],
    language: NamedDependency[str],
) -> CheckoutView:
    """The answer has the ways to ship it there, cheapest first."""
    owner = await cart_owner(request, doorkeeper, token)
    delivery = Delivery(contact=normal_contact(data.contact), address=data.address.address())
    await set_delivery(owner, delivery)
    return await review_checkout(owner, language)


@get("/carts/{token:str}/checkout", summary="Review before ordering", tags=["Cart"])
async def review(
    token: FromPath[str],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    review_checkout: NamedDependency[SkipValidation[ReviewCheckout]],
    language: NamedDependency[str],
) -> CheckoutView:
    """The cart, and what each way of shipping costs: the total is the sum of the two."""
    return await review_checkout(await cart_owner(request, doorkeeper, token), language)


async def cart_owner(request: AnyRequest, doorkeeper: Doorkeeper, token: str) -> CartOwner:
    if len(token) > LONGEST_TOKEN:
        raise Invalid("token", "This is not a cart token.")
    visitor = await doorkeeper.member(bearer(request))
    if token == "mine":  # noqa: S105
        if visitor is None:
            raise Invalid("token", "Sign in to use the cart “mine”.")
        return owner_of(visitor, "")
    return CartOwner(token=token)


handlers = [
    begin_cart,
    show_cart_,
    add_line,
    change_line,
    remove_line,
    set_delivery_,
    review,
]
