"""The cart page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from adapters.web.dependencies import Given
from adapters.web.forms import Form
from adapters.web.storefront.context import StorefrontContext
from core.application.carts.changes import ChangeQuantity
from core.application.carts.ownership import CartOwner
from core.application.carts.views import CartView, ShowCart
from core.application.recommendation import SuggestProducts
from core.domain.identifiers import Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class CartPage:
    context: Given[StorefrontContext]
    owner: Given[CartOwner]
    show_cart: Given[ShowCart]
    suggest_products: Given[SuggestProducts]

    async def cart(self) -> CartView:
        return await self.show_cart(self.owner, self.context.language)

    async def variables(self) -> Mapping[str, Any]:
        return await self.variables_of(await self.cart())

    async def variables_of(self, cart: CartView) -> Mapping[str, Any]:
        products = [line.product_id for line in cart.lines if line.product_id is not None]
        return {
            "cart": cart,
            "suggestions": await self.suggest_products(products, self.context.language),
        }


@get("/cart", include_in_schema=False)
async def show(context: Given[StorefrontContext], cart_page: Given[CartPage]) -> Response[bytes]:
    cart = await cart_page.cart()
    return await context.page(
        "carts/cart.html",
        cookies=context.changed_units_cookies(cart.units),
        **await cart_page.variables_of(cart),
    )


@post("/cart", include_in_schema=False)
async def change(
    context: Given[StorefrontContext],
    form: Given[Form],
    owner: Given[CartOwner],
    cart_page: Given[CartPage],
    change_quantity: Given[ChangeQuantity],
) -> Response[Any]:
    """``remove`` is a SKU to remove; else ``sku`` gets the units in ``quantity``."""
    removed = form.text("remove")
    async with context.form_page("carts/cart.html", cart_page.variables):
        await change_quantity(
            owner,
            Sku(removed or form.text("sku")),
            0 if removed else form.number("quantity", 1),
            form.number("version", 0) or None,
        )
    return context.redirect("/cart", [context.units_cookie((await cart_page.cart()).units)])


handlers = [show, change]
