"""Runs the statements of a plugin on its own tables."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import MetaData, Table, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.util import LRUCache

from adapters.database.engine import Database
from adapters.database.plugin_tables.owners import lock_owners, owner_columns
from adapters.database.plugin_tables.personal_values import RowEncryption, decrypt_row
from adapters.database.plugin_tables.prepared import Prepared, prepare
from adapters.database.statements import is_unique_violation
from adapters.serialization.encrypted import data_key_in
from core.application.retries import retrying
from core.domain.errors import NotFound
from ports.encryption import Encryption
from ports.plugin_shop.tables import (
    MAX_ROWS,
    STATEMENT_SECONDS,
    Conflict,
    Parameters,
    Rows,
    StatementRefused,
)

SQLITE_SECONDS = 1.0
"""SQLite runs in the event loop of the server, which waits for it."""

SQLITE_STEPS = 10_000
"""Steps of SQLite's virtual machine between two looks at the clock: about a millisecond."""

CONCURRENT_CALLS = 3
"""Connections that one plugin can have at once. The shop has ten."""

CACHED_STATEMENTS = 100
TIME_IS_UP = "SQLITE_INTERRUPT"


class SqlShopTables:
    """A `ports.plugin_shop.tables.ShopTables` for the tables ``own`` of one plugin."""

    def __init__(self, database: Database, vault: Encryption, own: MetaData) -> None:
        self._database = database
        self._vault = vault
        self._own = own
        self._slots = asyncio.Semaphore(CONCURRENT_CALLS)
        # Apart from the cache of the engine: a plugin cannot push out the shop's statements.
        self._compiled: Any = LRUCache(CACHED_STATEMENTS)

    async def execute(self, statement: Any, parameters: Parameters = None) -> Rows:
        (rows,) = await self.run(self.prepare([(statement, parameters)]))
        return rows

    async def execute_all(self, statements: Sequence[Any]) -> Sequence[Rows]:
        return await self.run(self.prepare(statements))

    def prepare(self, statements: Sequence[Any]) -> Sequence[Prepared]:
        """Check statements, each alone or a pair with its parameters. Needs no event loop."""
        if len(statements) > MAX_ROWS:
            raise StatementRefused(f"a call has more than {MAX_ROWS} statements")
        pairs = [each if isinstance(each, tuple) else (each, None) for each in statements]
        return [
            prepare(statement, parameters, self._own, self._vault)
            for statement, parameters in pairs
        ]

    async def run(self, prepared: Sequence[Prepared]) -> Sequence[Rows]:
        """Run checked statements in one transaction, on the loop of the server."""
        try:
            async with asyncio.timeout(STATEMENT_SECONDS), self._slots:
                return await retrying(lambda: self._run(prepared))
        except IntegrityError as error:
            if is_unique_violation(error):
                raise Conflict from error
            raise StatementRefused("it breaks a constraint of the table") from error
        except TimeoutError as error:
            raise StatementRefused(f"it takes longer than {STATEMENT_SECONDS:g} seconds") from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorname", "") == TIME_IS_UP:
                reason = f"it takes longer than {SQLITE_SECONDS:g} seconds on SQLite"
            else:
                reason = f"the database refused it with {type(error.orig).__name__}"
            raise StatementRefused(reason) from error
        except SQLAlchemyError as error:
            raise StatementRefused(f"it failed with {type(error).__name__}") from error

    async def _run(self, prepared: Sequence[Prepared]) -> Sequence[Rows]:
        only_reads = all(each.only_reads for each in prepared)
        engine = self._database.writes
        if only_reads and self._database.is_sqlite:
            # Other writers do not wait for it, and one statement is consistent by itself.
            engine = self._database.reads if len(prepared) == 1 else engine
        async with engine.connect() as connection:
            await connection.execution_options(compiled_cache=self._compiled)
            async with self._limited(connection):
                results = [await self._one(connection, each) for each in prepared]
            await connection.commit()
        return results

    async def _one(self, connection: AsyncConnection, prepared: Prepared) -> Rows:
        if prepared.only_reads:
            return await self._selected(connection, prepared)
        if not prepared.rows:
            parameters = prepared.parameters
            result = await connection.execute(prepared.statement, parameters)
            return _changed(result, 1 if isinstance(parameters, Mapping) else len(parameters or ()))
        if prepared.statement.is_insert:
            return await self._inserted(connection, prepared)
        return await self._updated(connection, prepared)

    async def _selected(self, connection: AsyncConnection, prepared: Prepared) -> Rows:
        found = _dicts(await connection.execute(prepared.statement))
        if not prepared.decrypted:
            return Rows(rows=found)
        names = [each.name for each in prepared.decrypted]
        used = {data_key_in(each[name]) for each in found for name in names if each[name]}
        keys = await self._vault.keys(used)
        return Rows(rows=tuple(decrypt_row(each, prepared.decrypted, keys) for each in found))

    async def _inserted(self, connection: AsyncConnection, prepared: Prepared) -> Rows:
        table = prepared.statement.table
        encryption = await self._encryption(connection, table, prepared.rows)
        rows = [_encrypted(encryption, table, each, each) for each in prepared.rows]
        return _changed(await connection.execute(prepared.statement, rows), len(rows))

    async def _updated(self, connection: AsyncConnection, prepared: Prepared) -> Rows:
        """Lock the rows, and write each with a value that is encrypted for it alone."""
        table, (values,) = prepared.statement.table, prepared.rows
        criteria = prepared.statement._where_criteria  # noqa: SLF001
        wanted = select(table.c.id, *owner_columns(table)).where(*criteria).order_by(table.c.id)
        locked = wanted.limit(MAX_ROWS + 1).with_for_update()
        found = _dicts(await connection.execute(locked))
        encryption = await self._encryption(connection, table, found)
        changed = 0
        for row in found:
            written = _encrypted(encryption, table, row, values)
            # The condition again: on PostgreSQL, a lock waits and then sees another row.
            statement = update(table).where(table.c.id == row["id"], *criteria).values(written)
            changed += (await connection.execute(statement)).rowcount
        return Rows(changed=changed)

    async def _encryption(
        self, connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> RowEncryption:
        owners = await lock_owners(connection, table, rows)
        return RowEncryption(await self._vault.keys(owners.values()), owners, self._vault)

    @asynccontextmanager
    async def _limited(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """Interrupt SQLite after a time. PostgreSQL cancels when the call is cancelled."""
        if not self._database.is_sqlite:
            yield
            return
        raw: Any = (await connection.get_raw_connection()).driver_connection
        deadline = time.monotonic() + SQLITE_SECONDS
        raw.set_progress_handler(lambda: time.monotonic() > deadline, SQLITE_STEPS)
        try:
            yield
        finally:
            raw.set_progress_handler(None, 0)


def _changed(result: Any, sent: int) -> Rows:
    """``sent`` rows count where the driver does not: asyncpg, for an insert of several rows."""
    if not result.returns_rows:
        return Rows(changed=sent if result.rowcount < 0 else result.rowcount)
    # SQLite counts the changes only after all rows were read.
    rows = _dicts(result)
    return Rows(rows=rows, changed=len(rows))


def _dicts(result: Any) -> tuple[Mapping[str, Any], ...]:
    rows: tuple[Mapping[str, Any], ...] = tuple(map(dict, result.mappings().all()))
    if len(rows) > MAX_ROWS:
        raise StatementRefused(f"it returns more than {MAX_ROWS} rows: read them with limit")
    return rows


def _encrypted(
    encryption: RowEncryption, table: Table, row: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    try:
        return encryption.encrypted(table, row, values)
    except LookupError as error:
        raise NotFound("customer", row.get("id")) from error
