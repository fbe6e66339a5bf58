"""Checks that the database accepts writes, at most once in a few seconds."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from adapters.database.catalogue.version import increase_counter
from adapters.database.engine import Database
from ports.errors import PortError, Unavailable

READINESS = "readiness"
"""Name of the counter that each check increases."""

CHECK_SECONDS = 5.0
"""How long an answer is used again: probes must not load the database."""

TIMEOUT_SECONDS = 5.0


class SqlReadiness:
    """Commits one row: a full disk, a read-only file and a standby refuse it; a read would pass."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._checked_at = float("-inf")
        self._ready = False

    async def __call__(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._checked_at >= CHECK_SECONDS:
            self._checked_at = now
            self._ready = await self._accepts_writes()
        if not self._ready:
            raise Unavailable

    async def _accepts_writes(self) -> bool:
        try:
            async with (
                asyncio.timeout(TIMEOUT_SECONDS),
                self._database.writes.begin() as connection,
            ):
                await increase_counter(connection, READINESS)
        except (SQLAlchemyError, PortError, TimeoutError):
            return False
        return True
