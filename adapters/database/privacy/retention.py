"""Retained records, with the end of their retention and without their person."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Text, cast, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.privacy import privacy_decisions, retained_records
from core.domain.identifiers import RequestId
from core.domain.privacy.records import Outcome


class SqlRetention:
    _connection: AsyncConnection

    async def record_retention(self, request_id: RequestId) -> None:
        rows = (
            await self._connection.execute(
                select(privacy_decisions).where(
                    privacy_decisions.c.request_id == request_id,
                    privacy_decisions.c.outcome == str(Outcome.RETAIN),
                    privacy_decisions.c.until.is_not(None),
                    cast(privacy_decisions.c.fields, Text) != "[]",
                )
            )
        ).all()
        values = [
            {name: getattr(row, name) for name in retained_records.c.keys()}  # noqa: SIM118
            for row in rows
        ]
        if values:
            await self._connection.execute(
                upsert(self._connection, retained_records).on_conflict_do_nothing(), values
            )

    async def retention_due(self, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        rows = await self._connection.execute(
            select(retained_records.c.data_provider, retained_records.c.reference)
            .where(retained_records.c.until <= now)
            .order_by(retained_records.c.data_provider, retained_records.c.reference)
            .limit(limit)
        )
        return tuple((row.data_provider, row.reference) for row in rows)

    async def end_retention(
        self, data_provider: str, references: Sequence[str], extended: Mapping[str, datetime]
    ) -> None:
        table = retained_records
        for reference, until in extended.items():
            await self._connection.execute(
                update(table)
                .where(table.c.data_provider == data_provider, table.c.reference == reference)
                .values(until=until)
            )
        ended = [each for each in references if each not in extended]
        await self._connection.execute(
            delete(table).where(
                table.c.data_provider == data_provider, table.c.reference.in_(ended)
            )
        )
