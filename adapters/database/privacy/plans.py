"""Erasure plans: one decision for each record, and whether it was carried out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.privacy import privacy_decisions
from core.domain.identifiers import DataKeyId, RequestId
from core.domain.privacy.records import Decision, Outcome

PENDING = (
    select(privacy_decisions)
    .where(privacy_decisions.c.request_id == bindparam("key"), privacy_decisions.c.done.is_(False))
    .order_by(privacy_decisions.c.position)
    .limit(bindparam("most"))
)


class SqlErasurePlans:
    _connection: AsyncConnection

    async def clear_plan(self, request_id: RequestId) -> None:
        await self._connection.execute(
            delete(privacy_decisions).where(
                privacy_decisions.c.request_id == request_id, privacy_decisions.c.done.is_(False)
            )
        )

    async def add_plan(
        self,
        request_id: RequestId,
        data_provider: str,
        decisions: Sequence[Decision],
        position: int,
    ) -> None:
        rows = [
            {
                "request_id": request_id,
                "data_provider": data_provider,
                "reference": each.reference,
                "position": position + offset,
                "outcome": str(each.outcome),
                "fields": list(each.fields),
                "reason": each.reason,
                "article": each.article,
                "until": each.until,
                "data_key_ids": [str(data_key_id) for data_key_id in each.data_key_ids],
                "done": False,
            }
            for offset, each in enumerate(decisions)
        ]
        if rows:
            await self._connection.execute(
                upsert(self._connection, privacy_decisions).on_conflict_do_nothing(), rows
            )

    async def pending(self, request_id: RequestId, limit: int) -> tuple[tuple[str, Decision], ...]:
        rows = await self._connection.execute(PENDING, {"key": request_id, "most": limit})
        return tuple((row.data_provider, _decision(row)) for row in rows)

    async def done(
        self, request_id: RequestId, data_provider: str, references: Sequence[str]
    ) -> None:
        await self._connection.execute(
            update(privacy_decisions)
            .where(
                privacy_decisions.c.request_id == request_id,
                privacy_decisions.c.data_provider == data_provider,
                privacy_decisions.c.reference.in_(references),
            )
            .values(done=True)
        )

    async def data_key_ids(self, request_id: RequestId) -> frozenset[DataKeyId]:
        rows = await self._connection.scalars(
            select(privacy_decisions.c.data_key_ids).where(
                privacy_decisions.c.request_id == request_id
            )
        )
        return frozenset(
            DataKeyId(UUID(data_key_id)) for data_key_ids in rows for data_key_id in data_key_ids
        )

    async def counts(self, request_id: RequestId) -> Mapping[Outcome, int]:
        rows = await self._connection.execute(
            select(privacy_decisions.c.outcome, func.count().label("records"))
            .where(privacy_decisions.c.request_id == request_id)
            .group_by(privacy_decisions.c.outcome)
        )
        return {Outcome(row.outcome): row.records for row in rows}

    async def retained(self, request_id: RequestId) -> Sequence[Mapping[str, Any]]:
        table = privacy_decisions.c
        rows = await self._connection.execute(
            select(
                table.reason,
                table.article,
                func.max(table.until).label("until"),
                func.count().label("records"),
            )
            .where(table.request_id == request_id, table.until.is_not(None))
            .group_by(table.reason, table.article)
            .order_by(table.reason)
        )
        return [dict(row._mapping) for row in rows]  # noqa: SLF001 -- documented API

    async def recipients(self, request_id: RequestId) -> tuple[str, ...]:
        references = await self._connection.scalars(
            select(privacy_decisions.c.reference).where(
                privacy_decisions.c.request_id == request_id,
                privacy_decisions.c.reference.like("recipient_log/%"),
            )
        )
        codes = {each.removeprefix("recipient_log/").partition(":")[0] for each in references}
        return tuple(sorted(codes))


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        reference=row.reference,
        outcome=Outcome(row.outcome),
        fields=tuple(row.fields),
        reason=row.reason,
        article=row.article,
        until=row.until,
        data_key_ids=tuple(DataKeyId(UUID(each)) for each in row.data_key_ids),
    )
