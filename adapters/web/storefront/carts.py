"""The cart page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from adapters.web.dependencies import Given
from adapters.web.field_texts import changes_in
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.context import StorefrontContext
from core.application.carts.additions import AddOffered, KeepAtOrdinaryPrice
from core.application.carts.changes import ChangeQuantity
from core.application.carts.coupons import AddCoupon, RemoveCoupon
from core.application.carts.line_fields import SetLineFields, line_prefix
from core.application.carts.ownership import CartOwner
from core.application.carts.points import SpendPoints
from core.application.carts.views import CartView, ShowCart
from core.application.coupons.views import CouponStanding, CouponView, MyCoupons
from core.application.fields.inputs import texts_of
from core.application.recommendation import SuggestProducts
from core.domain.fields.declared import NO_CHANGES, DeclaredFields
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import LineKey, Sku
from core.domain.pricing.coupons.codes import normalised

COUPONS_LOOKED_AT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CartPage:
    context: Given[StorefrontContext]
    owner: Given[CartOwner]
    show_cart: Given[ShowCart]
    my_coupons: Given[MyCoupons]
    suggest_products: Given[SuggestProducts]
    declared_fields: Given[DeclaredFields]

    async def cart(self) -> CartView:
        return await self.show_cart(self.owner, self.context.language)

    async def variables(self) -> Mapping[str, Any]:
        return await self.variables_of(await self.cart())

    async def variables_of(self, cart: CartView) -> Mapping[str, Any]:
        products = [line.product_id for line in cart.lines if line.product_id is not None]
        return {
            "cart": cart,
            "values": {},
            "line_values": line_texts(cart, self.declared_fields),
            "slots": await self.context.filled(self.context.slot_views().cart(cart)),
            "own_coupons": await self._own_coupons(cart),
            "suggestions": await self.suggest_products(
                products, self.context.language, groups=await self.context.price_groups()
            ),
        }

    async def _own_coupons(self, cart: CartView) -> Sequence[CouponView]:
        """The valid coupons of the member that are not in the cart, of the latest ones."""
        member = self.context.customer_id
        if member is None or not cart.lines:
            return ()
        used = {normalised(each.code) for each in cart.coupons}
        coupons, _ = await self.my_coupons(member, self.context.language, COUPONS_LOOKED_AT, "")
        return [
            each
            for each in coupons
            if each.state is CouponStanding.VALID and normalised(each.code) not in used
        ]


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
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    cart_page: Given[CartPage],
    change_quantity: Given[ChangeQuantity],
    keep_at_ordinary_price: Given[KeepAtOrdinaryPrice],
) -> Response[Any]:
    """``remove`` is a line to remove, ``keep`` one to keep without its offer.

    Otherwise ``line`` gets the units in ``quantity``.
    """
    removed, kept = form.text("remove"), form.text("keep")
    async with context.form_page("carts/cart.html", cart_page.variables):
        version = form.number("version", 0) or None
        if kept:
            await keep_at_ordinary_price(owner, LineKey(kept), version)
        else:
            line = LineKey(removed or form.text("line"))
            quantity = 0 if removed else form.number("quantity", 1)
            await change_quantity(owner, line, quantity, version)
    return context.redirect("/cart", [context.units_cookie((await cart_page.cart()).units)])


@post("/cart/coupons", include_in_schema=False)
async def change_coupons(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    cart_page: Given[CartPage],
    add_coupon: Given[AddCoupon],
    remove_coupon: Given[RemoveCoupon],
) -> Response[Any]:
    """``remove`` is a code to remove; else ``coupon`` is added."""
    async with context.form_page("carts/cart.html", cart_page.variables, values=form.values):
        if removed := form.text("remove"):
            await remove_coupon(owner, removed)
        else:
            await add_coupon(owner, form.text("coupon"))
    return context.redirect("/cart")


@post("/cart/additions", include_in_schema=False)
async def add_offer(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    cart_page: Given[CartPage],
    add_offered: Given[AddOffered],
) -> Response[Any]:
    """Add one unit of ``sku`` at the price of the promotion ``source``."""
    async with context.form_page("carts/cart.html", cart_page.variables):
        units = await add_offered(owner, Sku(form.text("sku")), 1, form.text("source"))
    return context.redirect("/cart", [context.units_cookie(units)])


@post("/cart/points", include_in_schema=False)
async def change_points(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    cart_page: Given[CartPage],
    spend_points: Given[SpendPoints],
) -> Response[Any]:
    """``points`` is the largest number to spend; 0 spends none."""
    async with context.form_page("carts/cart.html", cart_page.variables, values=form.values):
        await spend_points(owner, form.number("points", 0))
    return context.redirect("/cart")


@post("/cart/fields", include_in_schema=False)
async def change_fields(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    cart_page: Given[CartPage],
    set_line_fields: Given[SetLineFields],
    declared_fields: Given[DeclaredFields],
) -> Response[Any]:
    """``line`` gets the values of the fields of plugins."""

    async def with_typed() -> Mapping[str, Any]:
        shown = await cart_page.variables()
        return {**shown, "line_values": {**shown["line_values"], **form.values}}

    async with context.form_page("carts/cart.html", with_typed):
        line = LineKey(form.text("line"))
        changes = changes_in(form, declared_fields, FieldOwner.LINE, line_prefix(line))
        await set_line_fields(owner, line, changes or NO_CHANGES)
    return context.redirect("/cart")


def line_texts(cart: CartView, declared: DeclaredFields) -> dict[str, str]:
    """The inputs of the fields of all lines."""
    texts: dict[str, str] = {}
    for line in cart.lines:
        values = {name: each.value for name, each in line.fields.items()}
        texts |= texts_of(declared.of(FieldOwner.LINE), values, line_prefix(line.key))
    return texts


handlers = [show, change, change_coupons, add_offer, change_points, change_fields]
