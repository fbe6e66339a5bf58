"""Answers kept by idempotency key."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables import idempotency_keys
from ports.storage.idempotency import KeptAnswer

KEPT = timedelta(hours=24)
UNDER_WAY = timedelta(minutes=1)


class SqlIdempotencyKeys:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self, scope: str, key: str, fingerprint: str, now: datetime
    ) -> KeptAnswer | None:
        table = idempotency_keys
        async with self._database.writes.begin() as connection:
            statement = upsert(connection, table).values(
                scope=scope,
                key=key,
                fingerprint=fingerprint,
                status=0,
                content_type="",
                body=b"",
                begun_at=now,
            )
            # Ours if nobody has it, or if whoever had it is long gone.
            taken = await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["scope", "key"],
                    set_={"fingerprint": fingerprint, "status": 0, "begun_at": now},
                    where=or_(
                        table.c.begun_at < now - KEPT,
                        (table.c.status == 0) & (table.c.begun_at < now - UNDER_WAY),
                    ),
                )
            )
            if taken.rowcount == 1:
                return None
            row = (
                await connection.execute(
                    select(table).where(table.c.scope == scope, table.c.key == key)
                )
            ).one()
        return KeptAnswer(
            fingerprint=row.fingerprint,
            status=row.status,
            content_type=row.content_type,
            body=row.body,
        )

    async def finish(self, scope: str, key: str, answer: KeptAnswer) -> None:
        table = idempotency_keys
        async with self._database.writes.begin() as connection:
            await connection.execute(
                update(table)
                .where(table.c.scope == scope, table.c.key == key)
                .values(status=answer.status, content_type=answer.content_type, body=answer.body)
            )

    async def abandon(self, scope: str, key: str) -> None:
        table = idempotency_keys
        async with self._database.writes.begin() as connection:
            await connection.execute(
                delete(table).where(table.c.scope == scope, table.c.key == key)
            )

    async def purge(self, now: datetime) -> int:
        """Drop answers older than a day; how many."""
        async with self._database.writes.begin() as connection:
            gone = await connection.execute(
                delete(idempotency_keys).where(idempotency_keys.c.begun_at < now - KEPT)
            )
        return gone.rowcount
