"""Uninstalling: counts and drops the tables of a plugin, and switches plugins on and off."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import MetaData, Table, delete, func, inspect, select
from sqlalchemy.schema import DropTable

from adapters.database.engine import Database
from adapters.database.migration import alone
from adapters.database.plugin_tables.catalogue import SqlPluginCatalogue
from adapters.database.plugin_tables.declaration import version_table_of
from adapters.database.statements import upsert
from adapters.database.tables.plugins import disabled_plugins, plugin_tables
from core.application.retries import retrying
from ports.plugins import TableRows


class SqlPluginRemoval:
    """By the catalogue, so that it works after the package was removed too."""

    def __init__(self, database: Database, catalogue: SqlPluginCatalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def tables(self, plugin: str) -> Sequence[TableRows]:
        """The tables of a plugin with their numbers of rows, in the order of their removal."""
        async with self._database.reads.connect() as connection:
            names = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
            return [
                TableRows(
                    table=table.name,
                    rows=await connection.scalar(select(func.count()).select_from(table)) or 0,
                )
                for table in await self._of(plugin)
                if table.name in names
            ]

    async def drop(self, plugin: str) -> None:
        """Drop the tables and the version table, and forget them, in one transaction."""
        version = Table(version_table_of(plugin), MetaData())
        tables = [*await self._of(plugin), version]
        async with alone(self._database) as connection:
            for table in tables:
                await connection.execute(DropTable(table, if_exists=True))
            await connection.execute(delete(plugin_tables).where(plugin_tables.c.plugin == plugin))
            await connection.commit()

    async def disable(self, plugin: str, now: datetime) -> None:
        """Running processes go on until they are started again."""

        async def attempt() -> None:
            async with self._database.writes.begin() as connection:
                statement = upsert(connection, disabled_plugins)
                values = {"plugin": plugin, "disabled_at": now}
                await connection.execute(statement.values(values).on_conflict_do_nothing())

        await retrying(attempt)

    async def enable(self, plugin: str) -> bool:
        """Returns false if the plugin was not switched off."""

        async def attempt() -> bool:
            async with self._database.writes.begin() as connection:
                deleted = await connection.execute(
                    delete(disabled_plugins).where(disabled_plugins.c.plugin == plugin)
                )
            return deleted.rowcount == 1

        return await retrying(attempt)

    async def _of(self, plugin: str) -> list[Table]:
        """First the tables that point to others."""
        metadata = (await self._catalogue.all()).get(plugin, MetaData())
        return list(reversed(metadata.tables.values()))
