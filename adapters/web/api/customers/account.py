"""The account of the signed-in customer, with its address book."""

from dataclasses import dataclass
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from adapters.web.api.address import AddressBody
from adapters.web.dependencies import Given
from core.application.members import ArrangeAddresses, KeepAddress
from core.domain.address import Address
from core.domain.identifiers import AddressId, CustomerId
from ports.storage.ledgers import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEntry:
    id: UUID
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAccount:
    """The checkout proposes the first address."""

    name: str
    login: str
    addresses: tuple[AddressEntry, ...]


@get(
    "/members/me",
    operation_id="getAccount",
    summary="Get the customer account",
    tags=["Customer account"],
)
async def show(member: Given[CustomerId], register: Given[Register]) -> CustomerAccount:
    return await _account(register, member)


@post(
    "/members/me/addresses",
    operation_id="addAddress",
    summary="Add an address",
    tags=["Customer account"],
)
async def add_address(
    data: JSONBody[AddressBody],
    member: Given[CustomerId],
    register: Given[Register],
    keep_address: Given[KeepAddress],
) -> CustomerAccount:
    await keep_address(member, data.address())
    return await _account(register, member)


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
    register: Given[Register],
    keep_address: Given[KeepAddress],
) -> CustomerAccount:
    await keep_address(member, data.address(), AddressId(address_id))
    return await _account(register, member)


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
    register: Given[Register],
    arrange_addresses: Given[ArrangeAddresses],
) -> CustomerAccount:
    await arrange_addresses.drop(member, AddressId(address_id))
    return await _account(register, member)


async def _account(register: Register, customer_id: CustomerId) -> CustomerAccount:
    customer = await register.customer(customer_id)
    return CustomerAccount(
        name=customer.name,
        login=customer.login,
        addresses=tuple(
            AddressEntry(id=entry.id, address=entry.address) for entry in customer.addresses
        ),
    )


handlers = [show, add_address, update_address, delete_address]
