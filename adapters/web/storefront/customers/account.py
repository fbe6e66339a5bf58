"""The customer account: orders and address book."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.field_texts import changes_in
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.address import address_of, values_of
from adapters.web.storefront.context import StorefrontContext
from core.application.carts.ownership import CartOwner
from core.application.carts.views import ShowCart
from core.application.customers.addresses import ManageAddresses, SaveAddress
from core.application.customers.fields import SaveMemberFields
from core.application.fields.inputs import inputs_of, texts_of
from core.application.ledger.member_points import ShowPoints
from core.domain.errors import NotFound
from core.domain.fields.declared import NO_CHANGES, DeclaredFields
from core.domain.fields.field import FieldEditor, FieldOwner
from core.domain.identifiers import AddressId, CustomerId
from ports.orders import OrderQueries
from ports.sessions import AccountQueries

ORDERS_SHOWN = 20
ADDRESS_PATHS = ["/account/addresses/new", "/account/addresses/{address_id:uuid}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    context: Given[StorefrontContext]
    member: Given[CustomerId]
    account_queries: Given[AccountQueries]
    order_queries: Given[OrderQueries]
    show_points: Given[ShowPoints]
    declared_fields: Given[DeclaredFields]

    async def variables(self) -> Mapping[str, Any]:
        language, declared = self.context.language, self.declared_fields
        orders, cursor = await self.order_queries.list(
            customer_id=self.member,
            state=None,
            words="",
            language=language,
            limit=ORDERS_SHOWN,
            cursor=self.context.query("cursor"),
        )
        customer = await self.account_queries.customer(self.member)
        editable = declared.editable(FieldOwner.CUSTOMER, FieldEditor.CUSTOMER)
        asked = {each.name for each in editable}
        views = declared.views(FieldOwner.CUSTOMER, customer.fields, language)
        return {
            "customer": customer,
            "orders": orders,
            "cursor": cursor,
            "points": await self.show_points(self.member),
            "fields": {name: view for name, view in views.items() if name not in asked},
            "field_inputs": inputs_of(editable, language),
            "values": texts_of(editable, customer.fields),
            "slots": await self.context.filled(self.context.slot_views().member(self.member)),
        }


@get("/account", include_in_schema=False)
async def account(
    context: Given[StorefrontContext],
    owner: Given[CartOwner],
    account_page: Given[AccountPage],
    show_cart: Given[ShowCart],
) -> Response[Any]:
    cart = await show_cart(owner, context.language)
    return await context.page(
        "customers/account.html",
        cookies=context.changed_units_cookies(cart.units),
        **await account_page.variables(),
    )


@post("/account", include_in_schema=False)
async def save_fields(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    form: Given[SubmittedForm],
    account_page: Given[AccountPage],
    save_member_fields: Given[SaveMemberFields],
    declared_fields: Given[DeclaredFields],
) -> Response[Any]:
    async with context.form_page(
        "customers/account.html", account_page.variables, values=form.values
    ):
        changes = changes_in(form, declared_fields, FieldOwner.CUSTOMER)
        await save_member_fields(member, changes or NO_CHANGES)
    return context.redirect("/account#fields")


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


handlers = [account, save_fields, address_page, save_address, arrange_address]
