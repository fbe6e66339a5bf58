"""The columns of a live database, with or without a table in `metadata`."""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect

from adapters.database.engine import Database

FULL_TEXT = ("search_words", "search_terms")
UNMODELLED = ("alembic_version", *FULL_TEXT)
"""Tables without a model and without personal data: product words and the schema version."""

PLUGIN_PREFIX, VERSION_SUFFIX = "plugin_", "_version"
"""Each plugin with tables has a version table, such as ``plugin_loyalty_version``."""


@dataclass(frozen=True, slots=True)
class SqlColumns:
    """Every column as ``table.column``, except those of `UNMODELLED` and version tables."""

    database: Database

    async def __call__(self) -> list[str]:
        async with self.database.reads.connect() as connection:
            return await connection.run_sync(_columns)


def _columns(connection: Connection) -> list[str]:
    inspector = inspect(connection)
    return [
        f"{table}.{column['name']}"
        for table in inspector.get_table_names()
        if not table.startswith(UNMODELLED)
        if not (table.startswith(PLUGIN_PREFIX) and table.endswith(VERSION_SUFFIX))
        for column in inspector.get_columns(table)
    ]
