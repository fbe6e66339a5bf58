"""Database engines: one in autocommit mode for reads, one for units of work."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

from adapters.database import inline_sqlite
from adapters.database.failures import connect, translate_errors
from ports.errors import TransactionAborted

DRIVERS = {"sqlite": inline_sqlite.SCHEME, "postgresql": "postgresql+asyncpg"}
LOCK_TIMEOUT_SECONDS = 15.0
LOCK_RETRY_SECONDS = 0.002
READ_BUSY_TIMEOUT_MS = 1_000
SERVER_SETTINGS = {"lock_timeout": "5s", "statement_timeout": "60s"}
"""PostgreSQL ends a statement that waits for a lock, or runs, for longer than this."""

COMMAND_TIMEOUT_SECONDS = 75.0
"""Longer than the statement timeout: only a server that does not answer at all reaches it."""


@dataclass(frozen=True, slots=True)
class Database:
    """``reads`` is in autocommit mode; ``writes`` begins a transaction that may write.

    SQLite allows one writer at a time. Its ``writes`` engine has one connection, so units of
    work of one process queue for it; ``BEGIN IMMEDIATE`` queues the processes.
    """

    url: URL
    reads: AsyncEngine
    writes: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    async def close(self) -> None:
        await self.reads.dispose()
        await self.writes.dispose()


def driver_url(address: str) -> URL:
    """Add the asynchronous driver to ``sqlite:///shop.db`` or ``postgresql://…``.

    Raises:
        ValueError: the address is of another database.
    """
    url = make_url(address)
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise ValueError("The database address must begin with sqlite:/// or postgresql://.")
    return url.set(drivername=driver)


def open_database(address: str, *, pool_size: int = 10) -> Database:
    """Create the engines. They connect on first use."""
    url = driver_url(address)
    if url.get_backend_name() == "sqlite":
        reads = _sqlite_engine(
            url, pool_size=pool_size, busy_timeout=READ_BUSY_TIMEOUT_MS, synchronous="NORMAL"
        )
        writes = _sqlite_engine(url, pool_size=1, busy_timeout=0, synchronous="FULL")
        event.listen(writes.sync_engine, "begin", _begin_immediate)
        return Database(url, reads, writes)
    engine = postgresql_engine(
        url,
        pool_size=pool_size,
        server_settings=SERVER_SETTINGS,
        command_timeout=COMMAND_TIMEOUT_SECONDS,
    )
    return Database(url, engine.execution_options(isolation_level="AUTOCOMMIT"), engine)


def postgresql_engine(url: URL, *, pool_size: int, **timeouts: Any) -> AsyncEngine:
    """Without ``timeouts`` (options of asyncpg), a statement may take any time."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        pool_pre_ping=True,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
        connect_args={"async_creator_fn": connect, **timeouts},
    )
    translate_errors(engine.sync_engine)
    return engine


def _sqlite_engine(url: URL, *, pool_size: int, busy_timeout: int, synchronous: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
        pool_reset_on_return=None if busy_timeout else "rollback",
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "factory": inline_sqlite.InlineConnection,
        },
    )

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor: Any = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {READ_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA busy_timeout = {busy_timeout}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    translate_errors(engine.sync_engine)
    return engine


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _begin_immediate(connection: Connection) -> None:
    """Retry until other processes have finished writing; the event loop is not blocked."""
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except TransactionAborted:
            if time.monotonic() > deadline:
                raise
            await_only(asyncio.sleep(LOCK_RETRY_SECONDS))
        else:
            return
