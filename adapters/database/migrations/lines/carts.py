"""Gives keys to the lines of carts."""

from uuid import uuid4

import sqlalchemy as sa

from adapters.database.columns import Json
from adapters.database.migrations.lines.quantities import pages

carts = sa.table("carts", sa.column("id", sa.Uuid()), sa.column("lines", Json))


def add_keys(connection: sa.Connection) -> None:
    change = (
        sa.update(carts)
        .where(carts.c.id == sa.bindparam("of_id"))
        .values(lines=sa.bindparam("new_lines", type_=Json))
    )
    for rows in pages(connection, carts):
        connection.execute(
            change,
            [
                {
                    "of_id": row.id,
                    "new_lines": [{**line, "key": uuid4().hex, "source": ""} for line in row.lines],
                }
                for row in rows
            ],
        )
