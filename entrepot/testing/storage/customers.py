"""Cases of customers and their consents."""

from uuid import uuid4

import pytest

from core.domain.customers import AddressBookEntry
from core.domain.errors import AlreadyExists
from core.domain.identifiers import (
    AddressId,
)
from entrepot.testing.storage.samples import ADDRESS, a_consent, a_customer
from ports.unit_of_work import UnitsOfWork


class CustomerCases:
    async def test_a_customer_comes_back_with_the_address_book_in_order(
        self, units: UnitsOfWork
    ) -> None:
        customer = a_customer()
        first, second = AddressId(uuid4()), AddressId(uuid4())
        customer.save_address(AddressBookEntry(id=first, address=ADDRESS))
        customer.save_address(AddressBookEntry(id=second, address=ADDRESS))
        customer.fields = {"tea.favourite": "Da Hong Pao"}
        async with units() as unit:
            await unit.customers.save(customer)
            await unit.commit()
        async with units() as unit:
            found = await unit.customers.find("mei@example.com")
            assert found is not None
            assert [entry.id for entry in found.addresses] == [second, first]
            assert found.fields == customer.fields
            with pytest.raises(AlreadyExists):
                await unit.customers.save(a_customer())

    async def test_the_latest_decision_on_a_purpose_counts(self, units: UnitsOfWork) -> None:
        customer, other = a_customer(), a_customer("li@example.com")
        async with units() as unit:
            await unit.customers.save(customer)
            await unit.customers.save(other)
            await unit.consents.record(customer.id, [a_consent("marketing"), a_consent("age")])
            await unit.consents.record(other.id, [a_consent("marketing", given=False)])
            await unit.commit()
        async with units() as unit:
            assert (await unit.consents.latest(customer.id))["marketing"].given
            await unit.consents.record(customer.id, [a_consent("marketing", given=False)])
            await unit.commit()
        async with units() as unit:
            assert await unit.consents.latest(customer.id) == {
                "marketing": a_consent("marketing", given=False),
                "age": a_consent("age"),
            }
