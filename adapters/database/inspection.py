"""What is really there: the columns of a live database, with a model or without."""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect

from adapters.database.engine import Database

FULL_TEXT = ("search_words", "search_terms")
OURS = ("alembic_version", *FULL_TEXT)
"""Tables without a model that hold words of products, or the number of the schema."""


@dataclass(frozen=True, slots=True)
class SqlColumns:
    """Every column as ``table.column``, but for the full text of products."""

    database: Database

    async def __call__(self) -> list[str]:
        async with self.database.reads.connect() as connection:
            return await connection.run_sync(_columns)


def _columns(connection: Connection) -> list[str]:
    inspector = inspect(connection)
    return [
        f"{table}.{column['name']}"
        for table in inspector.get_table_names()
        if not table.startswith(OURS)
        for column in inspector.get_columns(table)
    ]
