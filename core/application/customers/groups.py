"""Puts members into groups, for price lists and promotions."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.application.retries import retried
from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class SetGroups:
    """Replace the groups of a member.

    Raises:
        NotFound: there is no such member.
        Invalid: the code of a group is wrong, or there are too many.
    """

    units: UnitsOfWork

    @retried
    async def __call__(self, customer_id: CustomerId, groups: Iterable[str]) -> None:
        async with self.units() as unit:
            customer = await unit.customers.get(customer_id)
            customer.set_groups(groups)
            await unit.customers.save(customer)
            await unit.commit()

    async def member_of(self, login: str) -> CustomerId:
        """The member with a normalised log-in. Raises `NotFound`."""
        async with self.units() as unit:
            customer = await unit.customers.find(login)
        if customer is None:
            raise NotFound("customer", login)
        return customer.id
