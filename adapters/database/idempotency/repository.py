"""Responses stored by idempotency key, so that a repeated request gets the first response."""

from base64 import b64decode
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import delete

from adapters.database.engine import Database
from adapters.database.idempotency.claims import BY_KEY, NO_RESPONSE, key_parameters
from adapters.database.statements import upsert
from adapters.database.tables.idempotency import idempotency_keys
from adapters.serialization.encrypted import data_key_in
from core.domain.errors import KeyReused
from ports.encryption import Encryption, data_key_of_day
from ports.idempotency import Claim, StoredResponse

BODY = "idempotency_keys.body"
RESPONSES_KEPT = timedelta(hours=24)
"""How long a response is kept. The data key of its day is destroyed on the day after."""


NAMESPACE = UUID("3c1f4a52-7a0e-4f41-8d41-5f9a5c2e1b07")


class SqlIdempotencyKeys:
    """Responses are encrypted with the data key of their day; `purge` destroys old day keys."""

    def __init__(self, database: Database, vault: Encryption) -> None:
        self._database = database
        self._vault = vault

    async def find(self, claim: Claim, now: datetime) -> StoredResponse | None:
        async with self._database.reads.connect() as connection:
            row = (await connection.execute(BY_KEY, key_parameters(claim))).first()
        if row is None or row.kept_until < now:
            return None
        if row.fingerprint != claim.fingerprint:
            raise KeyReused
        if row.status == NO_RESPONSE:
            return None
        keys = await self._vault.keys([data_key_in(row.body)])
        body = keys.decrypt(BODY, row_of(claim.scope, claim.key), row.body)
        return StoredResponse(
            status=row.status, content_type=row.content_type, body=b64decode(body or "")
        )

    async def finish(self, claim: Claim, response: StoredResponse, now: datetime) -> None:
        table = idempotency_keys
        data_key_id = await self._vault.of_day(now.date())
        keys = await self._vault.keys([data_key_id])
        answer = {
            "status": response.status,
            "content_type": response.content_type,
            "body": keys.encrypt(data_key_id, BODY, row_of(claim.scope, claim.key), response.body),
        }
        renewed = {
            **answer,
            "fingerprint": claim.fingerprint,
            "begun_at": now,
            "kept_until": now + claim.kept_for,
            "made": "",
        }
        async with self._database.writes.begin() as connection:
            statement = upsert(connection, table).values(
                scope=claim.scope, key=claim.key, **renewed
            )
            # A request whose steps are all repeatable has no row before its response.
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["scope", "key"],
                    set_=answer,
                    where=(table.c.fingerprint == claim.fingerprint)
                    & (table.c.status == NO_RESPONSE),
                )
            )

    async def purge(self, now: datetime) -> int:
        """Delete what need not be known, and destroy the data key of the day before yesterday.

        Returns the number of deleted keys.
        """
        await self._vault.destroy([data_key_of_day((now - 2 * RESPONSES_KEPT).date())], now)
        async with self._database.writes.begin() as connection:
            deleted = await connection.execute(
                delete(idempotency_keys).where(idempotency_keys.c.kept_until < now)
            )
        return deleted.rowcount


def row_of(scope: str, key: str) -> UUID:
    """An id for the row: its key is text, and the encryption authenticates a UUID."""
    return uuid5(NAMESPACE, f"{scope} {key}")
