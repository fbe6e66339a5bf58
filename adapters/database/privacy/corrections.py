"""Rectification and restriction of members' data."""

from collections.abc import Mapping

from sqlalchemy import update

from adapters.database.customers.repository import SqlCustomers
from adapters.database.engine import Database
from adapters.database.tables.customers import customers
from core.application.retries import retrying
from core.domain.identifiers import CustomerId
from core.domain.privacy.records import Subject
from ports.encryption import Encryption


async def correct(
    database: Database, vault: Encryption, subject: Subject, corrections: Mapping[str, str]
) -> None:
    """Apply corrections to each account of the subject; concurrent changes are retried.

    Raises:
        AlreadyExists: another account has the new log-in.
    """
    await retrying(lambda: _correct(database, vault, subject, corrections))


async def _correct(
    database: Database, vault: Encryption, subject: Subject, corrections: Mapping[str, str]
) -> None:
    async with database.writes.begin() as connection:
        repository = SqlCustomers(connection, [], vault)
        for each in sorted(subject.customers):
            customer = await repository.get(CustomerId(each))
            customer.correct(corrections)
            await repository.save(customer)


async def restrict(database: Database, subject: Subject, *, restricted: bool) -> None:
    async with database.writes.begin() as connection:
        await connection.execute(
            update(customers)
            .where(customers.c.id.in_(subject.customers), customers.c.restricted.is_not(restricted))
            .values(restricted=restricted, version=customers.c.version + 1)
        )
