"""The repository of webhooks."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from adapters.database.engine import Database
from adapters.database.statements import insert_into, is_unique_violation
from adapters.database.tables.events import webhooks
from core.domain.errors import AlreadyExists
from ports.events.webhooks import Webhook

ALL = select(webhooks).order_by(webhooks.c.id)


class SqlWebhooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> tuple[Webhook, ...]:
        async with self._database.reads.connect() as connection:
            return tuple(
                Webhook(
                    id=row.id,
                    url=row.url,
                    kinds=frozenset(row.kinds),
                    created_at=row.created_at,
                )
                for row in await connection.execute(ALL)
            )

    async def add(self, webhook: Webhook) -> None:
        values = {
            "id": webhook.id,
            "url": webhook.url,
            "kinds": sorted(webhook.kinds),
            "created_at": webhook.created_at,
        }
        try:
            async with self._database.writes.begin() as connection:
                await connection.execute(insert_into(webhooks), values)
        except IntegrityError as error:
            if is_unique_violation(error):
                raise AlreadyExists("webhook", webhook.url) from error
            raise

    async def remove(self, webhook_id: UUID) -> bool:
        async with self._database.writes.begin() as connection:
            deleted = await connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
        return deleted.rowcount == 1
