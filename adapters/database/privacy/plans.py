"""What an erasure would do, decision by decision, and how far it got."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables import privacy_decisions
from core.domain.identifiers import PersonId, RequestId
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
        self, request_id: RequestId, keeper: str, decisions: Sequence[Decision], position: int
    ) -> None:
        rows = [
            {
                "request_id": request_id,
                "keeper": keeper,
                "reference": each.reference,
                "position": position + number,
                "outcome": str(each.outcome),
                "fields": list(each.fields),
                "reason": each.reason,
                "article": each.article,
                "until": each.until,
                "people": [str(person) for person in each.people],
                "done": False,
            }
            for number, each in enumerate(decisions)
        ]
        if rows:
            await self._connection.execute(
                upsert(self._connection, privacy_decisions).on_conflict_do_nothing(), rows
            )

    async def pending(self, request_id: RequestId, limit: int) -> tuple[tuple[str, Decision], ...]:
        rows = await self._connection.execute(PENDING, {"key": request_id, "most": limit})
        return tuple((row.keeper, _decision(row)) for row in rows)

    async def done(self, request_id: RequestId, keeper: str, references: Sequence[str]) -> None:
        await self._connection.execute(
            update(privacy_decisions)
            .where(
                privacy_decisions.c.request_id == request_id,
                privacy_decisions.c.keeper == keeper,
                privacy_decisions.c.reference.in_(references),
            )
            .values(done=True)
        )

    async def people(self, request_id: RequestId) -> frozenset[PersonId]:
        rows = await self._connection.scalars(
            select(privacy_decisions.c.people).where(privacy_decisions.c.request_id == request_id)
        )
        return frozenset(PersonId(UUID(person)) for people in rows for person in people)

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
        return [dict(row._mapping) for row in rows]  # noqa: SLF001 -- SQLAlchemy's own name for it

    async def recipients(self, request_id: RequestId) -> tuple[str, ...]:
        references = await self._connection.scalars(
            select(privacy_decisions.c.reference).where(
                privacy_decisions.c.request_id == request_id,
                privacy_decisions.c.reference.like("outbound/%"),
            )
        )
        codes = {each.removeprefix("outbound/").partition(":")[0] for each in references}
        return tuple(sorted(codes))


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        reference=row.reference,
        outcome=Outcome(row.outcome),
        fields=tuple(row.fields),
        reason=row.reason,
        article=row.article,
        until=row.until,
        people=tuple(PersonId(UUID(each)) for each in row.people),
    )
