"""Reads the database while plugins are loaded, before other code uses the event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import driver_url, open_database
from ports.errors import PortError

TIMEOUT_SECONDS = 10.0

T = TypeVar("T")

log = structlog.get_logger(__name__)


def read_early(address: str, read: Callable[[AsyncConnection], Awaitable[T]], otherwise: T) -> T:
    """Read over a connection of its own, in a thread, and block: the caller may be in a loop.

    Returns ``otherwise`` without a database or its tables, and if the database does not answer:
    the shop does not start then, and `entrepot db upgrade` must.
    """
    url = driver_url(address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return otherwise
    errors: tuple[type[Exception], ...] = (
        *(SQLAlchemyError, PortError, OSError, TimeoutError),
        *_driver_errors(url),
    )

    async def run() -> T:
        database = open_database(address, pool_size=1)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), database.reads.connect() as connection:
                return await read(connection)
        except errors as error:
            log.info("the database cannot be read yet", error=type(error).__name__)
            return otherwise
        finally:
            await database.close()

    with ThreadPoolExecutor(1, thread_name_prefix="early reads") as executor:
        return executor.submit(asyncio.run, run()).result()


def _driver_errors(url: URL) -> tuple[type[Exception], ...]:
    """Errors of a connection that never opened: SQLAlchemy does not translate them."""
    if url.get_backend_name() == "sqlite":
        return ()
    from asyncpg import PostgresError  # noqa: PLC0415 -- an extra

    return (PostgresError,)
