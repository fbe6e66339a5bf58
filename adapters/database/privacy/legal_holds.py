"""Frozen accounts and legal holds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.statements import insert_into
from adapters.database.tables.customers import customers
from adapters.database.tables.privacy import legal_holds
from adapters.database.tables.sessions import sessions


class SqlLegalHolds:
    _connection: AsyncConnection

    async def freeze(self, customer_ids: Sequence[UUID]) -> None:
        await self._connection.execute(
            update(customers)
            .where(customers.c.id.in_(customer_ids), customers.c.frozen.is_(False))
            .values(frozen=True, version=customers.c.version + 1)
        )
        await self._connection.execute(
            delete(sessions).where(sessions.c.account_id.in_(customer_ids))
        )

    async def unfreeze(self, customer_ids: Sequence[UUID]) -> None:
        await self._connection.execute(
            update(customers)
            .where(customers.c.id.in_(customer_ids), customers.c.frozen.is_(True))
            .values(frozen=False, version=customers.c.version + 1)
        )

    async def legal_holds(self, customer_ids: Sequence[UUID]) -> str:
        reason: str | None = await self._connection.scalar(
            select(legal_holds.c.reason).where(legal_holds.c.customer_id.in_(customer_ids)).limit(1)
        )
        return reason or ""

    async def place_legal_hold(self, customer_id: UUID, reason: str, by: str, at: datetime) -> None:
        await self._connection.execute(
            insert_into(legal_holds),
            {
                "id": new_id(),
                "customer_id": customer_id,
                "reason": reason,
                "placed_at": at,
                "placed_by": by,
            },
        )

    async def release_legal_hold(self, customer_id: UUID) -> int:
        deleted = await self._connection.execute(
            delete(legal_holds).where(legal_holds.c.customer_id == customer_id)
        )
        return deleted.rowcount
