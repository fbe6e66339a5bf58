"""PostgreSQL databases of the tests: one for each worker, and copies of a migrated template."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import make_url

from adapters.database.engine import open_database
from adapters.database.migration import upgrade
from adapters.database.tables import metadata

POSTGRES = os.environ.get(
    "ENTREPOT_TEST_POSTGRES_URL",
    f"postgresql://{os.environ.get('USER', 'root')}@127.0.0.1:5432/postgres",
)
CONNECT_SECONDS = 30

# A connection that the previous test did not close may hold locks.
CLOSE_OTHER_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# DELETE takes 1 ms for all tables; TRUNCATE takes 350 ms, because it creates new files.
EMPTY = ";".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))
# The rows that migrations insert.
KEEP = "CREATE SCHEMA kept; CREATE TABLE kept.roles AS TABLE public.roles"
RESTORE = "INSERT INTO roles SELECT * FROM kept.roles"
RESTART_SEQUENCES = """
SELECT setval(oid::regclass, 1, false) FROM pg_class
WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""


def url_of(name: str) -> str:
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


class PostgresDatabases:
    """``shared`` is emptied before each test that uses it. ``copy`` is a database for one test."""

    def __init__(self, admin: asyncpg.Connection) -> None:
        prefix = f"entrepot_test_{secrets.token_hex(6)}"
        self._admin = admin
        self._template = f"{prefix}_template"
        self._shared = f"{prefix}_shared"

    async def create(self) -> None:
        await self._admin.execute(f'CREATE DATABASE "{self._template}"')
        database = open_database(url_of(self._template))
        await upgrade(database)
        await database.close()
        await self._copy_to(self._shared)
        connection = await asyncpg.connect(url_of(self._shared), timeout=CONNECT_SECONDS)
        await connection.execute(KEEP)
        await connection.close()

    async def drop(self) -> None:
        for name in (self._shared, self._template):
            await self._drop(name)
        await self._admin.close()

    async def shared(self) -> str:
        """Delete all rows of the database of this worker. Returns its address."""
        connection = await asyncpg.connect(url_of(self._shared), timeout=CONNECT_SECONDS)
        try:
            await connection.execute(CLOSE_OTHER_CONNECTIONS)
            await connection.execute(f"{EMPTY};{RESTORE}")
            await connection.execute(RESTART_SEQUENCES)
        finally:
            await connection.close()
        return url_of(self._shared)

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[str]:
        """The address of a new database. It is dropped at the end."""
        name = f"{self._template}_{secrets.token_hex(4)}"
        await self._copy_to(name)
        try:
            yield url_of(name)
        finally:
            await self._drop(name)

    async def _copy_to(self, name: str) -> None:
        await self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        # Tests need no durability, so COMMIT need not wait for the disk.
        await self._admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')

    async def _drop(self, name: str) -> None:
        await self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class PostgresServer:
    """Connects at the first use, so a run without PostgreSQL tests creates nothing."""

    def __init__(self) -> None:
        self._databases: PostgresDatabases | None = None

    async def databases(self) -> PostgresDatabases:
        if self._databases is None:
            self._databases = PostgresDatabases(await self._connect())
            await self._databases.create()
        return self._databases

    async def close(self) -> None:
        if self._databases is not None:
            await self._databases.drop()

    @staticmethod
    async def _connect() -> asyncpg.Connection:
        try:
            return await asyncpg.connect(POSTGRES, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            message = f"PostgreSQL does not answer at {POSTGRES}"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
