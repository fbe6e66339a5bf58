"""The repository of links for email verification and privacy requests."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import delete_batch, insert_into
from adapters.database.tables.privacy import data_links
from core.domain.identifiers import CustomerId, OrderId
from core.domain.privacy.links import DataLink


class SqlDataLinks:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, link: DataLink) -> None:
        await self._connection.execute(insert_into(data_links), asdict(link))

    async def find(self, token_hash: str, now: datetime) -> DataLink | None:
        row = (
            await self._connection.execute(
                select(data_links).where(
                    data_links.c.token_hash == token_hash, data_links.c.expires_at > now
                )
            )
        ).first()
        if row is None:
            return None
        return DataLink(
            token_hash=row.token_hash,
            event_id=row.event_id,
            order_id=OrderId(row.order_id) if row.order_id else None,
            customer_id=CustomerId(row.customer_id) if row.customer_id else None,
            login=row.login,
            expires_at=row.expires_at,
        )

    async def was_sent(self, link: DataLink, expiring_after: datetime) -> bool:
        same_person = (
            data_links.c.order_id == link.order_id
            if link.order_id
            else data_links.c.customer_id == link.customer_id
        )
        others = await self._connection.execute(
            select(data_links.c.event_id).where(
                same_person,
                data_links.c.event_id != link.event_id,
                data_links.c.expires_at > expiring_after,
            )
        )
        return others.first() is not None

    async def use(self, token_hash: str, now: datetime) -> bool:
        used = await self._connection.execute(
            delete(data_links).where(
                data_links.c.token_hash == token_hash, data_links.c.expires_at > now
            )
        )
        return used.rowcount == 1

    async def purge(self, now: datetime) -> int:
        return await delete_batch(self._connection, data_links, data_links.c.expires_at <= now)
