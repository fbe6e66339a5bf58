"""The product page: choose a variant, and add it to the cart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.catalogue.breadcrumbs import breadcrumbs_of
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.recommendation import RecentlyViewed
from adapters.web.visitors import CART_COOKIE, CART_COOKIE_SECONDS
from core.application.carts.changes import AddToCart
from core.application.carts.ownership import CartOwner
from core.application.catalogue.browsing import ShowProduct
from core.application.pricing.product_prices import Visitor
from core.application.recommendation import SuggestProducts
from core.domain.errors import Invalid
from core.domain.identifiers import Sku
from core.domain.pricing.channels import SalesChannel
from ports.catalogue.queries import ProductView, VariantView


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    context: StorefrontContext
    product: ProductView
    suggest_products: SuggestProducts

    async def variables(self, chosen: VariantView | None) -> Mapping[str, Any]:
        language = self.context.language
        tree = await self.context.catalogue_queries.categories(language)
        return {
            "product": self.product,
            "quantity": "1",
            "breadcrumbs": breadcrumbs_of(tree, self.product),
            "suggestions": await self.suggest_products(
                [self.product.id], language, groups=await self.context.price_groups()
            ),
            "slots": await self.context.filled(
                self.context.slot_views().product(self.product, chosen or first_of(self.product))
            ),
        }


async def product_page(
    handle: FromPath[str],
    context: Given[StorefrontContext],
    show_product: Given[ShowProduct],
    suggest_products: Given[SuggestProducts],
) -> ProductPage:
    """Raises `NotFound`."""
    return ProductPage(
        context=context,
        product=await show_product(
            handle,
            context.language,
            await context.price_groups(),
            Visitor(context.customer_id, SalesChannel.WEB),
        ),
        suggest_products=suggest_products,
    )


@get("/p/{handle:str}", include_in_schema=False)
async def show(
    context: Given[StorefrontContext], product_page: Given[ProductPage]
) -> Response[bytes]:
    product, viewed = product_page.product, RecentlyViewed.of(context)
    chosen = variant_chosen(product, dict(context.request.query_params.items()))
    return await context.page(
        "catalogue/product.html",
        public=True,
        cookies=[viewed.with_product(product.id).cookie(context)] if viewed else (),
        viewed=await viewed.cards(context, exclude=product.id) if viewed else (),
        chosen=chosen,
        **await product_page.variables(chosen),
    )


@post("/p/{handle:str}", include_in_schema=False)
async def add(
    handle: FromPath[str],
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    product_page: Given[ProductPage],
    add_to_cart: Given[AddToCart],
) -> Response[Any]:
    chosen = variant_chosen(product_page.product, form.values)
    if form.text("choose"):
        return context.redirect(f"/p/{handle}?sku={chosen.sku}" if chosen else f"/p/{handle}")
    if not owner.token:
        owner = CartOwner(token=context.services.cart_tokens.new(), customer_id=owner.customer_id)
    async with context.form_page(
        "catalogue/product.html",
        lambda: product_page.variables(chosen),
        chosen=chosen,
        quantity=form.text("quantity") or "1",
    ):
        if chosen is None:
            raise Invalid("options", "Choose a value for each option first.")
        units = await add_to_cart(owner, Sku(chosen.sku), form.number("quantity", 1))
    cookies = [
        context.cookie(CART_COOKIE, owner.token, CART_COOKIE_SECONDS),
        context.units_cookie(units),
    ]
    return context.redirect("/cart", cookies)


def first_of(product: ProductView) -> VariantView | None:
    return next(iter(product.variants), None)


def variant_chosen(product: ProductView, fields: Mapping[str, str]) -> VariantView | None:
    """By ``sku``, or by a value for each option; with neither, the first variant in stock."""
    variants = product.variants
    by_sku = next((each for each in variants if each.sku == fields.get("sku")), None)
    values = {option.code: fields.get(f"option-{option.code}", "") for option in product.options}
    if any(values.values()):
        return next((each for each in variants if dict(each.options) == values), None)
    if fields.get("sku") or len(variants) == 0:
        return by_sku
    return next((each for each in variants if each.available > 0), variants[0])


handlers = [show, add]
