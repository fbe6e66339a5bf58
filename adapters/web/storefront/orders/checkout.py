"""Second step of the checkout: choose shipping, review the total, place and pay the order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from litestar import Response, get, post

from adapters.web.client_address import client_network
from adapters.web.dependencies import Given
from adapters.web.field_texts import changes_in
from adapters.web.forms import RespondWith, SubmittedForm
from adapters.web.one_time import FIELD, ONE_TIME
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.payments import PaymentPage
from core.application.carts.ownership import CartOwner
from core.application.fields.inputs import texts_of
from core.application.orders.checkout import Checkout, PlaceOrder
from core.application.orders.checkout_review import ReviewCheckout
from core.application.orders.order_fields import asked_fields
from core.application.payments.gateways import Gateways
from core.domain.errors import CartEmpty, CheckoutIncomplete, DomainError, Invalid
from core.domain.fields.declared import NO_CHANGES, DeclaredFields
from core.domain.fields.field import FieldOwner
from core.domain.money import Money
from ports.errors import PortError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    context: Given[StorefrontContext]
    owner: Given[CartOwner]
    review_checkout: Given[ReviewCheckout]
    gateways: Given[Gateways]
    declared_fields: Given[DeclaredFields]

    async def variables(self) -> Mapping[str, Any]:
        """Redirects to the cart or to the first step if data is missing."""
        try:
            checkout = await self.review_checkout(self.owner, self.context.language)
        except CartEmpty as error:
            raise RespondWith(self.context.redirect("/cart")) from error
        except CheckoutIncomplete as error:
            raise RespondWith(self.context.redirect("/checkout")) from error
        return {
            "checkout": checkout,
            "slots": await self.context.filled(
                self.context.slot_views().checkout(checkout.cart, "review")
            ),
            "gateways": self.gateways.by_code.values(),
            "values": texts_of(
                asked_fields(self.declared_fields), self.declared_fields.defaults(FieldOwner.ORDER)
            ),
        }


@get("/checkout/review", include_in_schema=False)
async def review(
    context: Given[StorefrontContext], review_page: Given[ReviewPage]
) -> Response[Any]:
    return await context.page("orders/review.html", **await review_page.variables())


@post("/checkout/review", include_in_schema=False, opt=ONE_TIME)
async def place(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    review_page: Given[ReviewPage],
    payment_page: Given[PaymentPage],
    place_order: Given[PlaceOrder],
    declared_fields: Given[DeclaredFields],
    currency: Given[str],
) -> Response[Any]:
    """``shown`` is the shipping method whose sums the page showed; ``update`` shows others."""
    if form.text("update"):
        shown = {**await review_page.variables(), "values": form.values}
        return await context.page("orders/review.html", **shown)
    async with context.form_page("orders/review.html", review_page.variables, values=form.values):
        fields = changes_in(form, declared_fields, FieldOwner.ORDER) or NO_CHANGES
        checkout = replace(checkout_of(form, context, currency), fields=fields)
        if form.text("shown") not in {"", checkout.shipping_code}:
            raise Invalid("shipping", "Check the total with this shipping method, then order.")
        placed = await place_order(owner, checkout)
    cookies = [context.units_cookie(0)]
    try:
        action = await payment_page.start(placed.id, placed.number, form.text("gateway"))
    except (DomainError, PortError):
        # The order exists already: the buyer can pay on its page.
        return payment_page.redirect_to_order(placed.number, cookies)
    return await payment_page.show(placed.number, action, cookies)


def checkout_of(form: SubmittedForm, context: StorefrontContext, currency: str) -> Checkout:
    """The field ``shipping`` is ``code|total in minor units|discounts`` from the page."""
    code, total, discounts = [*form.text("shipping").split("|", 2), "", ""][:3]
    return Checkout(
        key=form.text(FIELD),
        shipping_code=code,
        total=Money(SubmittedForm({"shipping": total}).number("shipping", 0), currency),
        cart_version=form.number("cart_version", 0),
        language=context.language,
        client=client_network(context.request),
        discounts={
            code: SubmittedForm({"shipping": minor}).number("shipping", 0)
            for code, minor in parse_qsl(discounts)
        },
    )


handlers = [review, place]
