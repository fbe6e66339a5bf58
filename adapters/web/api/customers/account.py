"""The account of the signed-in customer, with its address book."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from adapters.web.api.address import AddressBody
from adapters.web.dependencies import Given
from core.application.customers.addresses import ManageAddresses, SaveAddress
from core.domain.address import Address
from core.domain.errors import AlreadyDone
from core.domain.identifiers import AddressId, CustomerId
from ports.sessions import AccountQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEntry:
    id: UUID
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAccount:
    """The first address is the default of the checkout."""

    name: str
    login: str
    addresses: tuple[AddressEntry, ...]


@get(
    "/members/me",
    operation_id="getAccount",
    summary="Get the customer account",
    tags=["Customer account"],
)
async def show(
    member: Given[CustomerId], account_queries: Given[AccountQueries]
) -> CustomerAccount:
    return await _account(account_queries, member)


@post(
    "/members/me/addresses",
    operation_id="addAddress",
    summary="Add an address",
    tags=["Customer account"],
)
async def add_address(
    data: JSONBody[AddressBody],
    member: Given[CustomerId],
    account_queries: Given[AccountQueries],
    save_address: Given[SaveAddress],
) -> CustomerAccount:
    with suppress(AlreadyDone):
        await save_address(member, data.address())
    return await _account(account_queries, member)


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
    account_queries: Given[AccountQueries],
    save_address: Given[SaveAddress],
) -> CustomerAccount:
    await save_address(member, data.address(), AddressId(address_id))
    return await _account(account_queries, member)


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
    account_queries: Given[AccountQueries],
    manage_addresses: Given[ManageAddresses],
) -> CustomerAccount:
    await manage_addresses.drop(member, AddressId(address_id))
    return await _account(account_queries, member)


async def _account(account_queries: AccountQueries, customer_id: CustomerId) -> CustomerAccount:
    customer = await account_queries.customer(customer_id)
    return CustomerAccount(
        name=customer.name,
        login=customer.login,
        addresses=tuple(
            AddressEntry(id=entry.id, address=entry.address) for entry in customer.addresses
        ),
    )


handlers = [show, add_address, update_address, delete_address]
