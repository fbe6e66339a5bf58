"""Translates errors of the database drivers that a new transaction can overcome."""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from ports.errors import TransactionAborted

ABORTED = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "55P03",  # lock_not_available: lock_timeout
        "57014",  # query_canceled: statement_timeout
    }
)
"""SQLSTATEs of PostgreSQL, https://www.postgresql.org/docs/current/errcodes-appendix.html."""

READ_ONLY = "25006"
"""read_only_sql_transaction: the server is a standby now, and another one is the primary."""

BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
"""Prefixes of SQLite's names, https://www.sqlite.org/rescode.html."""


class ConnectionLost(TransactionAborted):
    """The connection ended. Before COMMIT nothing happened; in COMMIT the outcome is unknown."""


def translate_errors(engine: Engine) -> None:
    """Raise port errors instead of the driver's, for every statement of the engine."""
    event.listen(engine, "handle_error", _translated)


def _translated(context: ExceptionContext) -> BaseException | None:
    error = context.original_exception
    if context.is_pre_ping:
        return None  # The pool replaces the connection.
    if not isinstance(error, Exception):
        return None  # A cancellation also ends the connection, and must reach the task.
    if getattr(error, "sqlstate", None) == READ_ONLY:
        # New connections find the new primary.
        context.is_disconnect = True
        return TransactionAborted()
    if getattr(error, "sqlstate", None) in ABORTED:
        return TransactionAborted()
    if (getattr(error, "sqlite_errorname", None) or "").startswith(BUSY):
        return TransactionAborted()
    lost = context.is_disconnect or isinstance(error, TimeoutError)
    return ConnectionLost() if lost else None


async def connect(*arguments: Any, **options: Any) -> Any:
    """Connect to PostgreSQL.

    Raises:
        TransactionAborted: the server does not answer, starts, or has no free connection.
    """
    import asyncpg  # noqa: PLC0415 -- an extra

    try:
        return await asyncpg.connect(*arguments, **options)
    except (
        OSError,
        TimeoutError,
        asyncpg.CannotConnectNowError,
        asyncpg.TooManyConnectionsError,
    ) as error:
        raise TransactionAborted from error
