"""The repository of webhooks."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from adapters.database.engine import Database
from adapters.database.statements import insert_into, is_unique_violation
from adapters.database.tables.events import deliveries, subscribers, webhooks
from core.domain.errors import AlreadyExists
from ports.events.webhooks import Webhook, subscriber_of

ALL = select(webhooks).order_by(webhooks.c.id)
HEALTH = select(subscribers.c.name, subscribers.c.failing_since, subscribers.c.disabled_at)


class SqlWebhooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> tuple[Webhook, ...]:
        async with self._database.reads.connect() as connection:
            rows = (await connection.execute(ALL)).all()
            if not rows:
                return ()
            health = {row.name: row for row in await connection.execute(HEALTH)}
        found = []
        for row in rows:
            state = health.get(subscriber_of(row.id))
            found.append(
                Webhook(
                    id=row.id,
                    url=row.url,
                    kinds=frozenset(row.kinds),
                    created_at=row.created_at,
                    failing_since=state and state.failing_since,
                    disabled_at=state and state.disabled_at,
                )
            )
        return tuple(found)

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
        name = subscriber_of(webhook_id)
        async with self._database.writes.begin() as connection:
            await connection.execute(delete(deliveries).where(deliveries.c.subscriber == name))
            await connection.execute(delete(subscribers).where(subscribers.c.name == name))
            deleted = await connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
        return deleted.rowcount == 1

    async def enable(self, webhook_id: UUID) -> bool:
        async with self._database.writes.begin() as connection:
            await connection.execute(
                update(subscribers)
                .where(subscribers.c.name == subscriber_of(webhook_id))
                .values(failures=0, failing_since=None, paused_until=None, disabled_at=None)
            )
            known = select(webhooks.c.id).where(webhooks.c.id == webhook_id)
            return (await connection.execute(known)).first() is not None
