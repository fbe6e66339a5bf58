"""Checking out: to whom, how, and what it costs; then to the gateway."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Redirect as RedirectResponse

from adapters.contacts.normalisation import normal_contact, phone_or_text
from adapters.regions import check_divisions
from adapters.web.addresses import Addresses, scene_of
from adapters.web.storefront.paying import pay_page
from adapters.web.storefront.visit import Form, Visit
from core.application.carts import SetDelivery, ShowCart
from core.application.checkout import Checkout, PlaceOrder, ReviewCheckout
from core.application.gateways import Gateways
from core.application.payments import StartPayment
from core.domain.address import Address
from core.domain.cart import Delivery
from core.domain.customer import AddressBookEntry, Customer
from core.domain.errors import CartEmpty, CheckoutIncomplete, DomainError, Invalid
from core.domain.money import Money
from ports.errors import PortError
from ports.storage.ledgers import Register

FIELDS = ("name", "phone", "country", "region", "city", "district", "street", "postcode")


@get("/checkout", include_in_schema=False)
async def delivery(
    visit: NamedDependency[SkipValidation[Visit]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    register: NamedDependency[SkipValidation[Register]],
) -> Response[Any]:
    cart = await show_cart(visit.owner, visit.language)
    if not cart.lines:
        return visit.go("/cart")
    customer = await register.customer(visit.customer_id) if visit.customer_id else None
    values = _values(customer.addresses[0].address if customer and customer.addresses else None)
    values["contact"] = customer.login if customer else ""
    if cart.address:
        values = {**_values(cart.address), "contact": cart.contact}
    return await visit.page(
        "orders/delivery.html", cart=cart, values=values, entries=_entries(customer)
    )


@post("/checkout", include_in_schema=False)
async def set_delivery_(
    visit: NamedDependency[SkipValidation[Visit]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
    set_delivery: NamedDependency[SkipValidation[SetDelivery]],
    register: NamedDependency[SkipValidation[Register]],
) -> Response[Any]:
    form = await Form.of(visit.request)
    customer = await register.customer(visit.customer_id) if visit.customer_id else None
    try:
        address = _chosen_address(form, customer)
        contact = normal_contact(form.text("contact") or (customer.login if customer else ""))
        await set_delivery(visit.owner, Delivery(contact=contact, address=address))
    except DomainError as error:
        if isinstance(error, Invalid) and error.field == "login":
            error.field = "contact"
        cart = await show_cart(visit.owner, visit.language)
        return await visit.refusal(
            "orders/delivery.html", error, cart=cart, values=form.values, entries=_entries(customer)
        )
    return visit.go("/checkout/review")


@get("/checkout/review", include_in_schema=False)
async def review(
    visit: NamedDependency[SkipValidation[Visit]],
    review_checkout: NamedDependency[SkipValidation[ReviewCheckout]],
    gateways: NamedDependency[SkipValidation[Gateways]],
) -> Response[Any]:
    try:
        checkout = await review_checkout(visit.owner, visit.language)
    except CartEmpty:
        return visit.go("/cart")
    except CheckoutIncomplete:
        return visit.go("/checkout")
    return await visit.page(
        "orders/review.html",
        checkout=checkout,
        gateways=gateways.by_code.values(),
        key=visit.new_token(),
        picked={},
    )


@post("/checkout/review", include_in_schema=False)
async def place(
    visit: NamedDependency[SkipValidation[Visit]],
    review_checkout: NamedDependency[SkipValidation[ReviewCheckout]],
    place_order: NamedDependency[SkipValidation[PlaceOrder]],
    start_payment: NamedDependency[SkipValidation[StartPayment]],
    gateways: NamedDependency[SkipValidation[Gateways]],
    addresses: NamedDependency[SkipValidation[Addresses]],
    currency: NamedDependency[str],
) -> Response[Any]:
    """``shipping`` is ``code|minor``: the way chosen, at the price that was shown."""
    form = await Form.of(visit.request)
    code, _, shown_price = form.text("shipping").partition("|")
    try:
        shown = Form({"goods": form.text("goods_total"), "shipping": shown_price})
        placed = await place_order(
            visit.owner,
            Checkout(
                key=form.text("key") or visit.new_token(),
                shipping_code=code,
                total=Money(shown.number("goods", 0) + shown.number("shipping", 0), currency),
                cart_version=form.number("cart_version", 0),
                language=visit.language,
            ),
        )
    except CartEmpty:
        return visit.go("/cart")
    except DomainError as error:
        try:
            checkout = await review_checkout(visit.owner, visit.language)
        except CheckoutIncomplete:
            return visit.go("/checkout")
        return await visit.refusal(
            "orders/review.html",
            error,
            checkout=checkout,
            gateways=gateways.by_code.values(),
            key=visit.new_token(),
            picked=form.values,
        )
    cookies = [visit.units_cookie(0)]
    code = form.text("gateway")
    try:
        scene = scene_of(visit.request, gateways.by_code.get(code))
        wish = addresses.wish(visit.request, placed.number, visit.language, code, scene)
        action = await start_payment(placed.id, wish)
    except (DomainError, PortError):
        back = addresses.order_path(placed.number, visit.language)
        return RedirectResponse(back, status_code=303, cookies=cookies)
    return await pay_page(visit, placed.number, action, addresses, cookies)


def address_of(form: Form) -> Address:
    """Raises `Invalid`."""
    values = {name: form.text(name) for name in FIELDS}
    values["country"] = values["country"] or "CN"
    values["phone"] = phone_or_text(values["phone"], values["country"])
    address = Address(**values)
    check_divisions(address)
    return address


def _chosen_address(form: Form, customer: Customer | None) -> Address:
    entry = form.text("entry")
    for known in customer.addresses if customer else ():
        if str(known.id) == entry:
            return known.address
    return address_of(form)


def _entries(customer: Customer | None) -> tuple[AddressBookEntry, ...]:
    return customer.addresses if customer else ()


def _values(address: Address | None) -> dict[str, str]:
    if address is None:
        return {"country": "CN"}
    return {name: getattr(address, name) for name in FIELDS}


handlers = [delivery, set_delivery_, review, place]
