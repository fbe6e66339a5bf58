"""Rows of an older schema. The tables of today have other columns, so that they cannot help."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.columns import Json, Utc
from adapters.database.engine import Database
from adapters.database.migration import configuration

TYPES: dict[type, Any] = {
    UUID: sa.Uuid(),
    str: sa.Text(),
    int: sa.BigInteger(),
    bytes: sa.LargeBinary(),
    bool: sa.Boolean(),
    datetime: Utc,
    dict: Json,
    list: Json,
}


async def upgrade_to(database: Database, revision: str) -> None:
    def run(connection: sa.Connection) -> None:
        command.upgrade(configuration(connection), revision)

    async with database.writes.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()


async def insert(connection: AsyncConnection, table: str, **values: Any) -> None:
    """A value that is None stays NULL."""
    given: Mapping[str, Any] = {name: value for name, value in values.items() if value is not None}
    columns = (sa.column(name, TYPES[type(value)]) for name, value in given.items())
    await connection.execute(sa.insert(sa.table(table, *columns)).values(given))
