"""First step of the checkout: the delivery address and the contact."""

from typing import Any

from litestar import Response, get, post

from adapters.contacts.normalisation import normal_contact
from adapters.web.dependencies import Given
from adapters.web.forms import Form
from adapters.web.storefront.address import address_of, values_of
from adapters.web.storefront.context import StorefrontContext
from core.application.carts.changes import SetDelivery
from core.application.carts.ownership import CartOwner
from core.application.carts.views import ShowCart
from core.domain.address import Address
from core.domain.carts import Delivery
from core.domain.customers import AddressBookEntry, Customer
from core.domain.errors import Invalid
from ports.sessions import AccountQueries


async def signed_in_customer(
    context: Given[StorefrontContext], account_queries: Given[AccountQueries]
) -> Customer | None:
    return await account_queries.customer(context.customer_id) if context.customer_id else None


@get("/checkout", include_in_schema=False)
async def show(
    context: Given[StorefrontContext],
    owner: Given[CartOwner],
    customer: Given[Customer | None],
    show_cart: Given[ShowCart],
) -> Response[Any]:
    cart = await show_cart(owner, context.language)
    if not cart.lines:
        return context.redirect("/cart")
    entries = _entries(customer)
    values = values_of(entries[0].address if entries else None)
    values["contact"] = customer.login if customer else ""
    if cart.address:
        values = {**values_of(cart.address), "contact": cart.contact}
    return await context.page("orders/delivery.html", cart=cart, values=values, entries=entries)


@post("/checkout", include_in_schema=False)
async def save(
    context: Given[StorefrontContext],
    form: Given[Form],
    owner: Given[CartOwner],
    customer: Given[Customer | None],
    show_cart: Given[ShowCart],
    set_delivery: Given[SetDelivery],
) -> Response[Any]:
    async def variables() -> dict[str, Any]:
        return {"cart": await show_cart(owner, context.language), "entries": _entries(customer)}

    async with context.form_page("orders/delivery.html", variables, values=form.values):
        address = _chosen_address(form, customer)
        contact = _contact(form.text("contact") or (customer.login if customer else ""))
        await set_delivery(owner, Delivery(contact=contact, address=address))
    return context.redirect("/checkout/review")


def _contact(text: str) -> str:
    """Raises `Invalid` with the field name of this form."""
    try:
        return normal_contact(text)
    except Invalid as error:
        if error.field == "login":
            error.field = "contact"
        raise


def _chosen_address(form: Form, customer: Customer | None) -> Address:
    entry_id = form.text("entry")
    for entry in _entries(customer):
        if str(entry.id) == entry_id:
            return entry.address
    return address_of(form)


def _entries(customer: Customer | None) -> tuple[AddressBookEntry, ...]:
    return customer.addresses if customer else ()


handlers = [show, save]
