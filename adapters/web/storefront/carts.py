"""The cart page."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from adapters.web.storefront.visit import Form, Visit
from core.application.browsing import SuggestProducts
from core.application.carts import CartView, ChangeQuantity, ShowCart
from core.domain.errors import DomainError
from core.domain.identifiers import Sku


@get("/cart", include_in_schema=False)
async def cart(
    visit: NamedDependency[SkipValidation[Visit]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    suggest_products: NamedDependency[SkipValidation[SuggestProducts]],
) -> Response[bytes]:
    shown = await show_cart(visit.owner, visit.language)
    return await visit.page(
        "carts/cart.html",
        cookies=[visit.units_cookie(shown.units)] if shown.units != visit.cart_units else (),
        cart=shown,
        suggestions=await suggestions(visit, shown, suggest_products),
    )


@post("/cart", include_in_schema=False)
async def change(
    visit: NamedDependency[SkipValidation[Visit]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    change_quantity: NamedDependency[SkipValidation[ChangeQuantity]],
    suggest_products: NamedDependency[SkipValidation[SuggestProducts]],
) -> Response[Any]:
    """``remove`` names a SKU to take out; else ``sku`` and ``quantity`` say how many."""
    form = await Form.of(visit.request)
    try:
        removed = form.text("remove")
        await change_quantity(
            visit.owner,
            Sku(removed or form.text("sku")),
            0 if removed else form.number("quantity", 1),
            form.number("version", 0) or None,
        )
    except DomainError as error:
        shown = await show_cart(visit.owner, visit.language)
        return await visit.refusal(
            "carts/cart.html",
            error,
            cart=shown,
            suggestions=await suggestions(visit, shown, suggest_products),
        )
    shown = await show_cart(visit.owner, visit.language)
    return visit.go("/cart", [visit.units_cookie(shown.units)])


async def suggestions(
    visit: Visit, cart: CartView, suggest_products: SuggestProducts
) -> tuple[Any, ...]:
    products = [line.product_id for line in cart.lines if line.product_id is not None]
    return await suggest_products(products, visit.language)


handlers = [cart, change]
