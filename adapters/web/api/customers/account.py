"""The account of the signed-in customer, with its address book."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from adapters.web.api.address import AddressBody
from adapters.web.api.body import Body, FieldsBody
from adapters.web.dependencies import Given
from core.application.customers.addresses import ManageAddresses, SaveAddress
from core.application.customers.fields import SaveMemberFields
from core.application.fields.inputs import FieldInput, inputs_of
from core.domain.address import Address
from core.domain.errors import AlreadyDone
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import FieldEditor, FieldOwner
from core.domain.fields.values import FieldView
from core.domain.identifiers import AddressId, CustomerId
from ports.sessions import AccountQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEntry:
    id: UUID
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAccount:
    """The first address is the default of the checkout.

    ``fields`` are those of plugins, by name. ``field_inputs`` are those that the customer edits.
    """

    name: str
    login: str
    addresses: tuple[AddressEntry, ...]
    fields: Mapping[str, FieldView]
    field_inputs: tuple[FieldInput, ...]


class MemberFields(Body, frozen=True, kw_only=True):
    """A null removes a value; a missing name keeps it."""

    fields: FieldsBody


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAccount:
    """The account of the signed-in customer."""

    member: Given[CustomerId]
    account_queries: Given[AccountQueries]
    declared_fields: Given[DeclaredFields]
    language: Given[str]

    async def __call__(self) -> CustomerAccount:
        customer = await self.account_queries.customer(self.member)
        owner, declared = FieldOwner.CUSTOMER, self.declared_fields
        return CustomerAccount(
            name=customer.name,
            login=customer.login,
            addresses=tuple(
                AddressEntry(id=entry.id, address=entry.address) for entry in customer.addresses
            ),
            fields=declared.views(owner, customer.fields, self.language),
            field_inputs=inputs_of(declared.editable(owner, FieldEditor.CUSTOMER), self.language),
        )


@get(
    "/members/me",
    operation_id="getAccount",
    summary="Get the customer account",
    tags=["Customer account"],
)
async def show(read_account: Given[ReadAccount]) -> CustomerAccount:
    return await read_account()


@post(
    "/members/me/addresses",
    operation_id="addAddress",
    summary="Add an address",
    tags=["Customer account"],
)
async def add_address(
    data: JSONBody[AddressBody],
    member: Given[CustomerId],
    read_account: Given[ReadAccount],
    save_address: Given[SaveAddress],
) -> CustomerAccount:
    with suppress(AlreadyDone):
        await save_address(member, data.address())
    return await read_account()


@put(
    "/members/me/addresses/{address_id:uuid}",
    operation_id="updateAddress",
    summary="Update an address",
    tags=["Customer account"],
)
async def update_address(
    address_id: FromPath[UUID],
    data: JSONBody[AddressBody],
    member: Given[CustomerId],
    read_account: Given[ReadAccount],
    save_address: Given[SaveAddress],
) -> CustomerAccount:
    await save_address(member, data.address(), AddressId(address_id))
    return await read_account()


@delete(
    "/members/me/addresses/{address_id:uuid}",
    operation_id="deleteAddress",
    summary="Delete an address",
    tags=["Customer account"],
    status_code=200,
)
async def delete_address(
    address_id: FromPath[UUID],
    member: Given[CustomerId],
    read_account: Given[ReadAccount],
    manage_addresses: Given[ManageAddresses],
) -> CustomerAccount:
    await manage_addresses.drop(member, AddressId(address_id))
    return await read_account()


@put(
    "/members/me/fields",
    operation_id="updateFields",
    summary="Update fields of the account",
    tags=["Customer account"],
)
async def update_fields(
    data: JSONBody[MemberFields],
    member: Given[CustomerId],
    read_account: Given[ReadAccount],
    save_member_fields: Given[SaveMemberFields],
) -> CustomerAccount:
    await save_member_fields(member, data.fields)
    return await read_account()


handlers = [show, add_address, update_address, delete_address, update_fields]
