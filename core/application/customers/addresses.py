"""Manages the address book of a member."""

from dataclasses import dataclass

from core.application.retries import retried, retrying
from core.domain.address import Address
from core.domain.customers import AddressBookEntry
from core.domain.identifiers import AddressId, CustomerId
from ports.clock import NewId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class SaveAddress:
    """Add an address to the book, or replace the one with ``address_id``. Returns its id.

    Raises:
        NotFound: the book has no address with this id.
    """

    units: UnitsOfWork
    new_id: NewId

    async def __call__(
        self, customer_id: CustomerId, address: Address, address_id: AddressId | None = None
    ) -> AddressId:
        entry = AddressBookEntry(id=address_id or AddressId(self.new_id()), address=address)

        async def save() -> None:
            async with self.units() as unit:
                customer = await unit.customers.get(customer_id)
                if address_id is not None:
                    customer.address(address_id)
                customer.save_address(entry)
                await unit.customers.save(customer)
                await unit.commit()

        await retrying(save)
        return entry.id


@dataclass(frozen=True, slots=True)
class ManageAddresses:
    """Make an address the preferred one, or remove it."""

    units: UnitsOfWork

    @retried
    async def prefer(self, customer_id: CustomerId, address_id: AddressId) -> None:
        async with self.units() as unit:
            customer = await unit.customers.get(customer_id)
            customer.prefer_address(address_id)
            await unit.customers.save(customer)
            await unit.commit()

    @retried
    async def drop(self, customer_id: CustomerId, address_id: AddressId) -> None:
        async with self.units() as unit:
            customer = await unit.customers.get(customer_id)
            customer.drop_address(address_id)
            await unit.customers.save(customer)
            await unit.commit()
