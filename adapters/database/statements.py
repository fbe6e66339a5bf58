"""Statements that the repositories share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Insert,
    Row,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from core.domain.errors import AlreadyExists, StaleVersion


def upsert(connection: AsyncConnection, table: Table) -> Any:
    """``INSERT`` of the dialect, which supports ``ON CONFLICT``."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


async def save_versioned(
    connection: AsyncConnection,
    table: Table,
    values: Mapping[str, Any],
    *,
    version: int,
    kind: str,
    key: object,
) -> int:
    """Insert the row with version 1, or update it from ``version`` to the next (optimistic lock).

    Returns the new version.

    Raises:
        AlreadyExists: a unique key is taken. ``kind`` and ``key`` name the object.
        StaleVersion: the row is not at ``version`` any more.
    """
    try:
        if version == 0:
            await connection.execute(insert_into(table), {**values, "version": 1})
            return 1
        changed = await connection.execute(
            _replace_version(table),
            {**values, "version": version + 1, "of_id": values["id"], "at_version": version},
        )
    except IntegrityError as error:
        if is_unique_violation(error):
            raise AlreadyExists(kind, key) from error
        raise
    if changed.rowcount == 0:
        raise StaleVersion(kind, key)
    return version + 1


@cache
def insert_into(table: Table) -> Insert:
    """Cached for each table: SQLAlchemy compiles one statement object once."""
    return insert(table)


@cache
def _replace_version(table: Table) -> Update:
    return update(table).where(
        table.c.id == bindparam("of_id"), table.c.version == bindparam("at_version")
    )


async def claim_due(
    connection: AsyncConnection,
    table: Table,
    due: Column[Any],
    *,
    now: datetime,
    limit: int,
    leased_until: datetime,
) -> Sequence[Row[Any]]:
    """Claim rows whose ``due`` time has come; the rows that wait longest first.

    The statement that reads a row also sets ``due`` to ``leased_until``: a lease. Concurrent
    callers skip claimed rows (`SKIP LOCKED`); the rows of a crashed worker are due again
    when the lease ends.
    """
    statement = _claim_statement(table, due)
    values = {"now": now, "most": limit, "leased_until": leased_until}
    rows = (await connection.execute(statement, values)).all()
    return sorted(rows, key=lambda row: row.id)


@cache
def _claim_statement(table: Table, due: Column[Any]) -> ReturningUpdate[Any]:
    waiting = (
        select(table.c.id)
        .where(due <= bindparam("now"))
        .order_by(due)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(table)
        .where(table.c.id.in_(waiting))
        .values({due.name: bindparam("leased_until")})
        .returning(*table.c)
    )


async def replace_children(
    connection: AsyncConnection, table: Table, parent: Any, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Delete the rows for which the condition ``parent`` is true, and insert ``rows``."""
    await connection.execute(delete(table).where(parent))
    values = list(rows)
    if values:
        await connection.execute(insert_into(table), values)


PURGED_AT_ONCE = 1_000


async def delete_batch(connection: AsyncConnection, table: Table, condition: Any) -> int:
    """Delete at most 1,000 rows for which ``condition`` is true. Returns their number."""
    (key,) = table.primary_key.columns
    batch = select(key).where(condition).limit(PURGED_AT_ONCE)
    return (await connection.execute(delete(table).where(key.in_(batch)))).rowcount


def is_unique_violation(error: IntegrityError) -> bool:
    """True for unique and primary keys, false for foreign keys and check constraints."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    return code in {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
