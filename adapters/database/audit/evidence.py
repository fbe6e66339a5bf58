"""Rows for evidence packs: requests, retention and access, without personal columns."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, select

from adapters.database.columns import CLASSIFICATION
from adapters.database.engine import Database
from adapters.database.tables.privacy import (
    disclosures,
    legal_holds,
    personal_data_providers,
    privacy_requests,
    retained_records,
)
from core.domain.privacy.inventory import NotPersonal

PAGE_SIZE = 1_000
OTHERS: tuple[Table, ...] = (legal_holds, disclosures, personal_data_providers)


@dataclass(frozen=True, slots=True)
class SqlEvidenceRecords:
    database: Database

    async def requests(self) -> AsyncIterator[Mapping[str, Any]]:
        async for row in self._rows(privacy_requests):
            yield row

    async def others(self) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        for table in OTHERS:
            async for row in self._rows(table):
                yield str(table.name), row

    async def retained(self) -> Sequence[Mapping[str, Any]]:
        table = retained_records.c
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(
                select(
                    table.data_provider,
                    table.reason,
                    table.article,
                    func.min(table.until).label("first_ends"),
                    func.max(table.until).label("last_ends"),
                    func.count().label("records"),
                ).group_by(table.data_provider, table.reason, table.article)
            )
            return [dict(row) for row in rows.mappings()]

    async def _rows(self, table: Table) -> AsyncIterator[Mapping[str, Any]]:
        """Columns that are not personal, in the order of the primary key."""
        columns = [
            each for each in table.columns if isinstance(each.info[CLASSIFICATION], NotPersonal)
        ]
        (key,) = table.primary_key.columns
        last: Any = None
        while True:
            page = select(*columns).order_by(key).limit(PAGE_SIZE)
            if last is not None:
                page = page.where(key > last)
            async with self.database.reads.connect() as connection:
                rows = (await connection.execute(page)).mappings().all()
            for row in rows:
                yield dict(row)
            if len(rows) < PAGE_SIZE:
                return
            last = rows[-1][key.name]
