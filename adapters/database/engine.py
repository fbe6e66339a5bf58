"""One database, opened twice: for reading without transactions, and for units of work."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
BUSY_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Database:
    """``reads`` is in autocommit mode; ``writes`` begins a transaction that may write.

    SQLite has one writer at a time: its ``writes`` has one connection, so that units of
    work queue in the process, and ``BEGIN IMMEDIATE`` queues the processes.
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
    """``sqlite:///shop.db`` or ``postgresql://…`` with the asynchronous driver we use.

    Raises:
        ValueError: another database.
    """
    url = make_url(address)
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise ValueError("The database address must begin with sqlite:/// or postgresql://.")
    return url.set(drivername=driver)


def open_database(address: str, *, pool_size: int = 10) -> Database:
    """Prepare the engines; connections are made when they are first needed."""
    url = driver_url(address)
    if url.get_backend_name() == "sqlite":
        reads = _sqlite_engine(url, pool_size=pool_size, synchronous="NORMAL")
        writes = _sqlite_engine(url, pool_size=1, synchronous="FULL")
        event.listen(writes.sync_engine, "begin", _begin_immediate)
        return Database(url, reads, writes)
    engine = create_async_engine(
        url, pool_size=pool_size, max_overflow=0, hide_parameters=True, pool_pre_ping=True
    )
    return Database(url, engine.execution_options(isolation_level="AUTOCOMMIT"), engine)


def _sqlite_engine(url: URL, *, pool_size: int, synchronous: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"isolation_level": None},
    )

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor: Any = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    return engine


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
