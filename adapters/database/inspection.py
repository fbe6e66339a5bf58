"""What is really there: the columns of a live database, with a model or without."""

from sqlalchemy import Connection, inspect

from adapters.database.engine import Database

FULL_TEXT = ("search_words", "search_terms")
OURS = ("alembic_version", *FULL_TEXT)
"""Tables without a model that hold words of products, or the number of the schema."""


async def columns_of(database: Database) -> list[str]:
    """``table.column`` of every table, but for full text of products."""
    async with database.reads.connect() as connection:
        return await connection.run_sync(_columns)


def _columns(connection: Connection) -> list[str]:
    inspector = inspect(connection)
    return [
        f"{table}.{column['name']}"
        for table in inspector.get_table_names()
        if not table.startswith(OURS)
        for column in inspector.get_columns(table)
    ]
