"""Reads what is known about plugins and their tables before the plugins are loaded."""

from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.early_reads import read_early
from adapters.database.plugin_tables.declaration import PluginTables
from adapters.database.plugin_tables.migration import PluginMigration
from adapters.database.tables.plugins import disabled_plugins


def read_disabled(address: str) -> frozenset[str]:
    """The plugins that operators switched off. None if the database cannot be read yet."""

    async def read(connection: AsyncConnection) -> frozenset[str]:
        return frozenset(await connection.scalars(select(disabled_plugins.c.plugin)))

    return read_early(address, read, frozenset())


def read_revisions(address: str, tables: Mapping[str, PluginTables]) -> Mapping[str, str | None]:
    """The revision of each plugin's tables; None if it has none."""

    def revisions(connection: Connection) -> Mapping[str, str | None]:
        return {
            name: PluginMigration(name, each).revision(connection) for name, each in tables.items()
        }

    async def read(connection: AsyncConnection) -> Mapping[str, str | None]:
        return await connection.run_sync(revisions)

    return read_early(address, read, dict.fromkeys(tables))
