"""The catalogue of plugin tables: it knows the tables of removed plugins too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, select

from adapters.database.engine import Database
from adapters.database.plugin_tables.documents import documents_of, tables_from
from adapters.database.statements import upsert
from adapters.database.tables.plugins import plugin_tables
from core.application.retries import retried

ALL = select(plugin_tables.c.plugin, plugin_tables.c.tables).order_by(plugin_tables.c.plugin)


class SqlPluginCatalogue:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, MetaData]:
        """The tables of each plugin that ever had some here, and did not uninstall them."""
        async with self._database.reads.connect() as connection:
            rows = (await connection.execute(ALL)).all()
        return {row.plugin: tables_from(row.tables) for row in rows}

    @retried
    async def note(self, plugin: str, metadata: MetaData, now: datetime) -> None:
        """Store the tables as they are declared now. Changes nothing if they are stored."""
        documents = documents_of(metadata)
        async with self._database.writes.begin() as connection:
            stored = await connection.scalar(
                select(plugin_tables.c.tables).where(plugin_tables.c.plugin == plugin)
            )
            if stored == documents:
                return
            values: dict[str, Any] = {"tables": documents, "noted_at": now}
            statement = upsert(connection, plugin_tables).values(plugin=plugin, **values)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["plugin"], set_=values)
            )
