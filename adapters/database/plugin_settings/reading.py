"""Reads the saved settings before the plugins are loaded, which is before any loop may run."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from adapters.database.engine import driver_url, open_database
from adapters.database.plugin_settings.store import ALL, saved_settings_of
from ports.errors import PortError
from ports.plugin_settings import SavedSettings

TIMEOUT_SECONDS = 10.0

log = structlog.get_logger(__name__)


def read_saved_settings(address: str) -> Mapping[str, SavedSettings]:
    """What is saved, by plugin, in one statement and over a connection of its own.

    Empty without a database, without the table, and if the database does not answer: the shop
    does not start then, and `entrepot db upgrade` must.
    """
    url = driver_url(address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return {}
    with ThreadPoolExecutor(1, "plugin settings") as thread:
        return thread.submit(asyncio.run, _read(address)).result()


async def _read(address: str) -> Mapping[str, SavedSettings]:
    database = open_database(address, pool_size=1)
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS), database.reads.connect() as connection:
            rows = (await connection.execute(ALL)).all()
    except (SQLAlchemyError, PortError, OSError, TimeoutError) as error:
        log.info("saved settings of plugins cannot be read", error=type(error).__name__)
        return {}
    finally:
        await database.close()
    return {row.plugin: saved_settings_of(row) for row in rows}
