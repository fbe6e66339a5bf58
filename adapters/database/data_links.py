"""The repository of links that guests were sent."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import insert_into
from adapters.database.tables import data_links
from core.domain.identifiers import OrderId


class SqlDataLinks:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, token_hash: str, order_id: OrderId, expires_at: datetime) -> None:
        await self._connection.execute(
            insert_into(data_links),
            {"token_hash": token_hash, "order_id": order_id, "expires_at": expires_at},
        )

    async def find(self, token_hash: str, now: datetime) -> OrderId | None:
        found = await self._connection.scalar(
            select(data_links.c.order_id).where(
                data_links.c.token_hash == token_hash, data_links.c.expires_at > now
            )
        )
        return OrderId(found) if found else None

    async def was_sent(self, order_id: OrderId, expiring_after: datetime) -> bool:
        found = await self._connection.execute(
            select(data_links.c.order_id).where(
                data_links.c.order_id == order_id, data_links.c.expires_at > expiring_after
            )
        )
        return found.first() is not None

    async def use(self, token_hash: str, now: datetime) -> bool:
        used = await self._connection.execute(
            delete(data_links).where(
                data_links.c.token_hash == token_hash, data_links.c.expires_at > now
            )
        )
        return used.rowcount == 1

    async def purge(self, now: datetime) -> int:
        gone = await self._connection.execute(
            delete(data_links).where(data_links.c.expires_at <= now)
        )
        return gone.rowcount
