"""A SQLite driver that runs in the event loop, without a thread.

A call of SQLite takes microseconds; passing it to another thread costs more than the call:
four switches for each statement, about 50 µs of CPU time each. Only waiting for a writer in
another process takes long, and `engine` waits with `asyncio.sleep`. See ADR 0005.
"""

import sqlite3
from collections.abc import Generator
from typing import Any

from sqlalchemy import URL, AsyncAdaptedQueuePool, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import await_only

SCHEME = "sqlite+inline"


class NoWait:
    """An await that returns at once: an asynchronous engine requires one for each statement."""

    def __await__(self) -> Generator[Any, None, None]:
        return
        yield


class InlineCursor(sqlite3.Cursor):
    async def _async_soft_close(self) -> None:
        """Required by the asynchronous engine at the end of each result; does nothing."""


class InlineConnection(sqlite3.Connection):
    def cursor(self, factory: Any = InlineCursor) -> Any:
        return super().cursor(factory)


class InlineSqlite(SQLiteDialect_pysqlite):
    """The standard library's driver as a dialect for asynchronous engines."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003
        return AsyncAdaptedQueuePool

    def get_driver_connection(self, connection: Any) -> Any:
        return connection

    def do_execute(self, *arguments: Any) -> None:
        await_only(NoWait())
        super().do_execute(*arguments)  # type: ignore[no-untyped-call]

    def do_executemany(self, *arguments: Any) -> None:
        await_only(NoWait())
        super().do_executemany(*arguments)  # type: ignore[no-untyped-call]


registry.register("sqlite.inline", __name__, "InlineSqlite")
