"""Finds the groups of a member."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from adapters.database.engine import Database
from adapters.database.tables.customers import customers
from core.domain.identifiers import CustomerId

GROUPS = select(customers.c.groups).where(customers.c.id == bindparam("of_customer"))


@dataclass(frozen=True, slots=True)
class SqlFindGroups:
    """`ports.pricing.FindGroups`."""

    database: Database

    async def __call__(self, customer_id: CustomerId) -> frozenset[str]:
        async with self.database.reads.connect() as connection:
            return frozenset(await connection.scalar(GROUPS, {"of_customer": customer_id}) or ())
