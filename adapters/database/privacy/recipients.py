"""The log of recipients: which parties received data of an order."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.privacy import recipient_log
from core.domain.identifiers import OrderId


class SqlRecipientLog:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, order_id: OrderId, recipients: Sequence[str], at: datetime) -> None:
        rows = [
            {"recipient": each, "order_id": order_id, "first_at": at, "last_at": at}
            for each in recipients
        ]
        if rows:
            statement = upsert(self._connection, recipient_log)
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["recipient", "order_id"],
                    set_={"last_at": statement.excluded.last_at},
                ),
                rows,
            )

    async def recipients(self, order_id: OrderId) -> tuple[str, ...]:
        codes = await self._connection.scalars(
            select(recipient_log.c.recipient)
            .where(recipient_log.c.order_id == order_id)
            .order_by(recipient_log.c.recipient)
        )
        return tuple(codes)
