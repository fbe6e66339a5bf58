"""A counter that grows with every change of the catalogue."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.catalogue import counters

CATALOGUE = "catalogue"
"""Name of the counter. Caches compare it with the version that they stored."""


async def increase_version(connection: AsyncConnection) -> None:
    """Increase the version; this makes the caches of every process reload the catalogue."""
    statement = upsert(connection, counters).values(name=CATALOGUE, value=1)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + 1}
        )
    )


async def catalogue_version(connection: AsyncConnection) -> int:
    value = await connection.scalar(
        select(func.coalesce(func.max(counters.c.value), 0)).where(counters.c.name == CATALOGUE)
    )
    return int(value or 0)
