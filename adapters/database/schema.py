"""The schema, and the one row that a shop cannot be without."""

from dataclasses import dataclass

from adapters.database.engine import Database
from adapters.database.migration import is_current, upgrade
from adapters.database.stock import ensure_location
from adapters.keys.vault import Vault
from core.domain.identifiers import LocationCode

MAIN_WAREHOUSE = {"zh": "主仓", "en": "Main warehouse"}


@dataclass(frozen=True, slots=True)
class SqlSchema:
    database: Database
    vault: Vault
    location: LocationCode

    async def is_current(self) -> bool:
        return await is_current(self.database)

    async def upgrade(self) -> bool:
        await self.vault.prepare()
        changed = await upgrade(self.database, self.vault)
        async with self.database.writes.begin() as connection:
            await ensure_location(connection, self.location, MAIN_WAREHOUSE)
        return changed
