"""Who keeps, or once kept, records about people: a plugin that is gone is not forgotten."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.privacy import personal_data_providers


class SqlDataProviderRegistry:
    """Keepers by code, with their inventory as it was when they were last here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, inventories: Mapping[str, Any], now: datetime) -> None:
        """They are here now."""
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

    async def absent(self, here: Iterable[str]) -> tuple[str, ...]:
        async with self._database.reads.connect() as connection:
            codes = await connection.scalars(
                select(personal_data_providers.c.code)
                .where(personal_data_providers.c.code.not_in(list(here)))
                .order_by(personal_data_providers.c.code)
            )
            return tuple(codes)

    async def forget(self, code: str) -> bool:
        """What it kept is gone for good: somebody made sure of that."""
        async with self._database.writes.begin() as connection:
            gone = await connection.execute(
                delete(personal_data_providers).where(personal_data_providers.c.code == code)
            )
        return gone.rowcount == 1
