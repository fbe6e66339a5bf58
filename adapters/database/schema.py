"""The schema, and the location that every shop needs."""

from dataclasses import dataclass

from adapters.database.engine import Database
from adapters.database.migration import is_current, upgrade
from adapters.database.stock.repository import ensure_location
from core.domain.identifiers import LocationCode
from ports.keys import PrepareKeys

MAIN_WAREHOUSE = {"zh": "主仓", "en": "Main warehouse"}


@dataclass(frozen=True, slots=True)
class SqlSchema:
    database: Database
    location: LocationCode
    prepare_keys: PrepareKeys

    async def is_current(self) -> bool:
        return await is_current(self.database)

    async def upgrade(self) -> bool:
        await self.prepare_keys()
        changed = await upgrade(self.database)
        async with self.database.writes.begin() as connection:
            await ensure_location(connection, self.location, MAIN_WAREHOUSE)
        return changed
