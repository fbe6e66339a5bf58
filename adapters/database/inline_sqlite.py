"""SQLite called where it is needed, without a thread in between.

A call of SQLite takes microseconds, and handing it to another thread costs more than the
call: four hand-overs a statement, some 50 µs of processor each. So the embedded database
is called from the event loop itself. The one thing that may take long, waiting for another
process to finish writing, is done by sleeping and asking again. See ADR 0005.
"""

import sqlite3
from collections.abc import Generator
from typing import Any

from sqlalchemy import URL, AsyncAdaptedQueuePool, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import await_only

SCHEME = "sqlite+inline"


class Immediately:
    """An await that waits for nothing: an asynchronous engine insists on one a statement."""

    def __await__(self) -> Generator[Any, None, None]:
        return
        yield


class InlineCursor(sqlite3.Cursor):
    async def _async_soft_close(self) -> None:
        """An asynchronous engine ends each result with this; there is nothing to end."""


class InlineConnection(sqlite3.Connection):
    def cursor(self, factory: Any = InlineCursor) -> Any:
        return super().cursor(factory)


class InlineSqlite(SQLiteDialect_pysqlite):
    """The standard library's driver, as a dialect that an asynchronous engine accepts."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003
        return AsyncAdaptedQueuePool

    def get_driver_connection(self, connection: Any) -> Any:
        return connection

    def do_execute(self, *arguments: Any) -> None:
        await_only(Immediately())
        super().do_execute(*arguments)  # type: ignore[no-untyped-call]

    def do_executemany(self, *arguments: Any) -> None:
        await_only(Immediately())
        super().do_executemany(*arguments)  # type: ignore[no-untyped-call]


registry.register("sqlite.inline", __name__, "InlineSqlite")
