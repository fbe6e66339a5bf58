"""Answers kept by idempotency key."""

from base64 import b64decode
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import delete, or_, select, update

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.idempotency import idempotency_keys
from adapters.serialization.encrypted import data_key_in
from ports.clock import Clock
from ports.encryption import Encryption, data_key_of_day
from ports.idempotency import StoredResponse

KEPT = timedelta(hours=24)


BODY = "idempotency_keys.body"


ROWS = UUID("3c1f4a52-7a0e-4f41-8d41-5f9a5c2e1b07")


UNDER_WAY = timedelta(minutes=1)


class SqlIdempotencyKeys:
    """Answers are sealed under the key of the day on which they were asked for."""

    def __init__(self, database: Database, vault: Encryption, now: Clock) -> None:
        self._database = database
        self._vault = vault
        self._now = now

    async def begin(
        self, scope: str, key: str, fingerprint: str, now: datetime
    ) -> StoredResponse | None:
        table = idempotency_keys
        async with self._database.writes.begin() as connection:
            statement = upsert(connection, table).values(
                scope=scope,
                key=key,
                fingerprint=fingerprint,
                status=0,
                content_type="",
                body=None,
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
        body = b""
        if row.body is not None:
            keys = await self._vault.keys([data_key_in(row.body)])
            body = b64decode(keys.decrypt(BODY, row_of(scope, key), row.body) or "")
        return StoredResponse(
            fingerprint=row.fingerprint,
            status=row.status,
            content_type=row.content_type,
            body=body,
        )

    async def finish(self, scope: str, key: str, answer: StoredResponse) -> None:
        table = idempotency_keys
        data_key_id = await self._vault.of_day(self._now().date())
        keys = await self._vault.keys([data_key_id])
        body = keys.encrypt(data_key_id, BODY, row_of(scope, key), answer.body)
        async with self._database.writes.begin() as connection:
            await connection.execute(
                update(table)
                .where(table.c.scope == scope, table.c.key == key)
                .values(status=answer.status, content_type=answer.content_type, body=body)
            )

    async def abandon(self, scope: str, key: str) -> None:
        table = idempotency_keys
        async with self._database.writes.begin() as connection:
            await connection.execute(
                delete(table).where(table.c.scope == scope, table.c.key == key)
            )

    async def purge(self, now: datetime) -> int:
        """Drop answers older than a day, and the key of the day before yesterday; how many."""
        await self._vault.destroy([data_key_of_day((now - 2 * KEPT).date())], now)
        async with self._database.writes.begin() as connection:
            gone = await connection.execute(
                delete(idempotency_keys).where(idempotency_keys.c.begun_at < now - KEPT)
            )
        return gone.rowcount


def row_of(scope: str, key: str) -> UUID:
    """What stands for the row in what is sealed."""
    return uuid5(ROWS, f"{scope} {key}")
