"""First step of the checkout: the delivery address and the contact."""

from typing import Any

from litestar import Response, get, post

from adapters.contacts.normalisation import normal_contact
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.address import FIELDS, address_of, values_of
from adapters.web.storefront.context import StorefrontContext
from core.application.carts.changes import SetDelivery
from core.application.carts.ownership import CartOwner
from core.application.carts.views import CartView, ShowCart
from core.domain.address import Address
from core.domain.carts import Delivery
from core.domain.customers import AddressBookEntry, Customer
from core.domain.errors import Invalid
from ports.content.filling import FilledSlots
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
    return await context.page(
        "orders/delivery.html",
        cart=cart,
        slots=await _slots(context, cart),
        values={
            **_choice(cart.address, entries),
            "contact": cart.contact or (customer.login if customer else ""),
        },
        entries=entries,
    )


@post("/checkout", include_in_schema=False)
async def save(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    owner: Given[CartOwner],
    customer: Given[Customer | None],
    show_cart: Given[ShowCart],
    set_delivery: Given[SetDelivery],
) -> Response[Any]:
    async def variables() -> dict[str, Any]:
        cart = await show_cart(owner, context.language)
        slots = await _slots(context, cart)
        return {"cart": cart, "entries": _entries(customer), "slots": slots}

    async with context.form_page("orders/delivery.html", variables, values=form.values):
        cart = await show_cart(owner, context.language)
        address = _chosen_address(form, _entries(customer), cart.address)
        contact = _contact(form.text("contact") or (customer.login if customer else ""))
        await set_delivery(owner, Delivery(contact=contact, address=address))
    return context.redirect("/checkout/review")


async def _slots(context: StorefrontContext, cart: CartView) -> FilledSlots:
    return await context.filled(context.slot_views().checkout(cart, "address"))


def _contact(text: str) -> str:
    """Raises `Invalid` with the field name of this form."""
    try:
        return normal_contact(text)
    except Invalid as error:
        if error.field == "login":
            error.field = "contact"
        raise


def _choice(address: Address | None, entries: tuple[AddressBookEntry, ...]) -> dict[str, str]:
    """The form for the address of the cart: an entry of the book, or the fields of another."""
    if address is None:
        return {**values_of(None), "entry": str(entries[0].id) if entries else ""}
    for entry in entries:
        if entry.address == address:
            return {**values_of(None), "entry": str(entry.id)}
    return {**values_of(address), "entry": ""}


def _chosen_address(
    form: SubmittedForm, entries: tuple[AddressBookEntry, ...], current: Address | None
) -> Address:
    """What was typed wins over the entry that was marked before."""
    shown = _choice(current, entries)
    fields = [field for field in FIELDS if field != "country"]
    typed = any(form.text(field) not in {"", shown[field]} for field in fields)
    for entry in entries:
        if str(entry.id) == form.text("entry") and not typed:
            return entry.address
    return address_of(form)


def _entries(customer: Customer | None) -> tuple[AddressBookEntry, ...]:
    return customer.addresses if customer else ()


handlers = [show, save]
