"""The registry of personal-data providers, which remembers plugins that were removed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.privacy import personal_data_providers


class SqlDataProviderRegistry:
    """Personal-data providers by code, with the inventory of their last start."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, inventories: Mapping[str, Any], now: datetime) -> None:
        """Store the inventories of providers that are installed at ``now``."""
        rows = [
            {"code": code, "inventory": inventory, "seen_at": now}
            for code, inventory in inventories.items()
        ]
        async with self._database.writes.begin() as connection:
            statement = upsert(connection, personal_data_providers)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["code"],
                    set_={
                        "inventory": statement.excluded.inventory,
                        "seen_at": statement.excluded.seen_at,
                    },
                ),
                rows,
            )

    async def absent(self, installed: Iterable[str]) -> tuple[str, ...]:
        async with self._database.reads.connect() as connection:
            codes = await connection.scalars(
                select(personal_data_providers.c.code)
                .where(personal_data_providers.c.code.not_in(list(installed)))
                .order_by(personal_data_providers.c.code)
            )
            return tuple(codes)

    async def forget(self, code: str) -> bool:
        """Remove a provider after its data was deleted by hand; false if it is unknown."""
        async with self._database.writes.begin() as connection:
            deleted = await connection.execute(
                delete(personal_data_providers).where(personal_data_providers.c.code == code)
            )
        return deleted.rowcount == 1
