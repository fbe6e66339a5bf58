"""Responses stored by idempotency key, so that a repeated request gets the first response."""

from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, delete, or_, select, update

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.idempotency import idempotency_keys
from adapters.serialization.encrypted import data_key_in
from ports.clock import Clock
from ports.encryption import Encryption, data_key_of_day
from ports.idempotency import StoredResponse

RETENTION = timedelta(hours=24)


BODY = "idempotency_keys.body"


NAMESPACE = UUID("3c1f4a52-7a0e-4f41-8d41-5f9a5c2e1b07")


LEASE = timedelta(minutes=1)
"""A request without a response blocks its key for this long."""


class SqlIdempotencyKeys:
    """Responses are encrypted with the data key of their day; `purge` destroys old day keys."""

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
            # The update takes over a key whose response expired, or whose request crashed.
            claimed = await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["scope", "key"],
                    set_={"fingerprint": fingerprint, "status": 0, "begun_at": now},
                    where=or_(
                        table.c.begun_at < now - RETENTION,
                        (table.c.status == 0) & (table.c.begun_at < now - LEASE),
                    ),
                )
            )
            if claimed.rowcount == 1:
                return None
            row = (
                await connection.execute(
                    select(table).where(table.c.scope == scope, table.c.key == key)
                )
            ).one()
        return await self._response(scope, key, row)

    async def finish(self, scope: str, key: str, response: StoredResponse) -> None:
        table = idempotency_keys
        data_key_id = await self._vault.of_day(self._now().date())
        keys = await self._vault.keys([data_key_id])
        body = keys.encrypt(data_key_id, BODY, row_of(scope, key), response.body)
        async with self._database.writes.begin() as connection:
            await connection.execute(
                update(table)
                .where(table.c.scope == scope, table.c.key == key)
                .values(status=response.status, content_type=response.content_type, body=body)
            )

    async def abandon(self, scope: str, key: str) -> None:
        table = idempotency_keys
        async with self._database.writes.begin() as connection:
            await connection.execute(
                delete(table).where(table.c.scope == scope, table.c.key == key)
            )

    async def purge(self, now: datetime) -> int:
        """Delete responses older than a day, and destroy the data key of the day before yesterday.

        Returns the number of deleted responses.
        """
        await self._vault.destroy([data_key_of_day((now - 2 * RETENTION).date())], now)
        async with self._database.writes.begin() as connection:
            deleted = await connection.execute(
                delete(idempotency_keys).where(idempotency_keys.c.begun_at < now - RETENTION)
            )
        return deleted.rowcount

    async def _response(self, scope: str, key: str, row: Row[Any]) -> StoredResponse:
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


def row_of(scope: str, key: str) -> UUID:
    """An id for the row: its key is text, and the encryption authenticates a UUID."""
    return uuid5(NAMESPACE, f"{scope} {key}")
