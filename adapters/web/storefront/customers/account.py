"""The customer account: orders and address book."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.address import address_of, values_of
from adapters.web.storefront.context import StorefrontContext
from core.application.carts.ownership import CartOwner
from core.application.carts.views import ShowCart
from core.application.customers.addresses import ManageAddresses, SaveAddress
from core.application.ledger.member_points import ShowPoints
from core.domain.errors import NotFound
from core.domain.identifiers import AddressId, CustomerId
from ports.orders import OrderQueries
from ports.sessions import AccountQueries

ORDERS_SHOWN = 20
ADDRESS_PATHS = ["/account/addresses/new", "/account/addresses/{address_id:uuid}"]


@get("/account", include_in_schema=False)
async def account(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    owner: Given[CartOwner],
    account_queries: Given[AccountQueries],
    order_queries: Given[OrderQueries],
    show_cart: Given[ShowCart],
    show_points: Given[ShowPoints],
) -> Response[Any]:
    orders, cursor = await order_queries.list(
        customer_id=member,
        state=None,
        words="",
        language=context.language,
        limit=ORDERS_SHOWN,
        cursor=context.query("cursor"),
    )
    cart = await show_cart(owner, context.language)
    return await context.page(
        "customers/account.html",
        cookies=context.changed_units_cookies(cart.units),
        customer=await account_queries.customer(member),
        orders=orders,
        cursor=cursor,
        points=await show_points(member),
        slots=await context.filled(context.slot_views().member(member)),
    )


@get(ADDRESS_PATHS, include_in_schema=False)
async def address_page(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    account_queries: Given[AccountQueries],
    address_id: FromPath[UUID | None] = None,
) -> Response[Any]:
    address = None
    if address_id is not None:
        customer = await account_queries.customer(member)
        address = customer.address(AddressId(address_id)).address
    return await context.page(
        "customers/address.html", values=values_of(address), address_id=address_id
    )


@post(ADDRESS_PATHS, include_in_schema=False)
async def save_address(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    form: Given[SubmittedForm],
    save_address: Given[SaveAddress],
    address_id: FromPath[UUID | None] = None,
) -> Response[Any]:
    async with context.form_page(
        "customers/address.html", values=form.values, address_id=address_id
    ):
        entry = AddressId(address_id) if address_id else None
        await save_address(member, address_of(form), entry)
    return context.redirect("/account#addresses")


@post("/account/addresses/{address_id:uuid}/{action:str}", include_in_schema=False)
async def arrange_address(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    manage_addresses: Given[ManageAddresses],
    address_id: FromPath[UUID],
    action: FromPath[str],
) -> Response[Any]:
    """``drop`` deletes the entry; ``prefer`` makes it the default of the checkout."""
    if action == "drop":
        await manage_addresses.drop(member, AddressId(address_id))
    elif action == "prefer":
        await manage_addresses.prefer(member, AddressId(address_id))
    else:
        raise NotFound("page", action)
    return context.redirect("/account#addresses")


handlers = [account, address_page, save_address, arrange_address]
