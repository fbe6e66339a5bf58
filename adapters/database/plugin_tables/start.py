"""Reads the database while plugins are loaded, before other code uses the event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import driver_url, open_database
from adapters.database.plugin_tables.declaration import PluginTables
from adapters.database.plugin_tables.migration import PluginMigration
from adapters.database.tables.plugins import disabled_plugins
from ports.errors import Unavailable

T = TypeVar("T")


def read_disabled(address: str) -> frozenset[str]:
    """The plugins that operators switched off. None if the database has no tables yet."""

    async def read(connection: AsyncConnection) -> frozenset[str]:
        return frozenset(await connection.scalars(select(disabled_plugins.c.plugin)))

    return _read(address, read, frozenset())


def read_revisions(address: str, tables: Mapping[str, PluginTables]) -> Mapping[str, str | None]:
    """The revision of each plugin's tables; None if it has none."""

    def revisions(connection: Connection) -> Mapping[str, str | None]:
        return {
            name: PluginMigration(name, each).revision(connection) for name, each in tables.items()
        }

    async def read(connection: AsyncConnection) -> Mapping[str, str | None]:
        return await connection.run_sync(revisions)

    return _read(address, read, dict.fromkeys(tables))


def _read(address: str, read: Callable[[AsyncConnection], Awaitable[T]], otherwise: T) -> T:
    """Read in a thread of its own, and block: the caller may be in an event loop.

    A database that does not answer, or has no such table, is a matter of other checks.
    """

    async def run() -> T:
        database = open_database(address, pool_size=1)
        try:
            async with database.reads.connect() as connection:
                return await read(connection)
        except (DBAPIError, Unavailable):
            return otherwise
        finally:
            await database.close()

    url = driver_url(address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return otherwise
    with ThreadPoolExecutor(1, thread_name_prefix="plugins at start") as executor:
        return executor.submit(asyncio.run, run()).result()
