"""Counters that grow with every change of the catalogue, and of the rules of prices."""

from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.catalogue import counters

CATALOGUE, PRICING = "catalogue", "pricing"
"""Names of the counters. Caches compare them with the version that they stored."""


def version_of(name: str) -> ScalarSelect[Any]:
    """0 before the first change."""
    return (
        select(func.coalesce(func.max(counters.c.value), 0))
        .where(counters.c.name == name)
        .scalar_subquery()
    )


async def increase_version(connection: AsyncConnection) -> None:
    """Increase the version; this makes the caches of every process reload the catalogue."""
    await increase_counter(connection, CATALOGUE)


async def increase_counter(connection: AsyncConnection, name: str) -> None:
    statement = upsert(connection, counters).values(name=name, value=1)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + 1}
        )
    )


async def catalogue_version(connection: AsyncConnection) -> int:
    return int(await connection.scalar(select(version_of(CATALOGUE))) or 0)
