"""Stores the idempotency key of a request in the transaction of its effect."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.idempotency import idempotency_keys
from core.domain.errors import AlreadyDone, KeyReused
from ports.idempotency import Claim

NO_RESPONSE = 0
"""The status of a key whose request has taken effect and has no stored response yet."""

_row = (
    idempotency_keys.c.scope == bindparam("of_scope"),
    idempotency_keys.c.key == bindparam("of_key"),
)
BY_KEY = select(idempotency_keys).where(*_row)
RECORD_MADE = update(idempotency_keys).where(*_row).values(made=bindparam("made_now"))


async def insert_claim(connection: AsyncConnection, claim: Claim, now: datetime) -> None:
    """Insert the key. A concurrent request with the same key waits until this one ends.

    A key that need not be known any more is taken over.

    Raises:
        AlreadyDone, KeyReused: the key is stored; see `ports.unit_of_work.UnitsOfWork`.
    """
    table = idempotency_keys
    values = {
        "fingerprint": claim.fingerprint,
        "status": NO_RESPONSE,
        "content_type": "",
        "body": None,
        "made": "",
        "begun_at": now,
        "kept_until": now + claim.kept_for,
    }
    statement = upsert(connection, table).values(scope=claim.scope, key=claim.key, **values)
    inserted = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["scope", "key"], set_=values, where=table.c.kept_until < now
        )
    )
    if inserted.rowcount == 1:
        return
    row = (await connection.execute(BY_KEY, key_parameters(claim))).one()
    if row.fingerprint != claim.fingerprint:
        raise KeyReused
    raise AlreadyDone(row.made)


async def record_made(connection: AsyncConnection, claim: Claim, made: str) -> None:
    await connection.execute(RECORD_MADE, {**key_parameters(claim), "made_now": made})


def key_parameters(claim: Claim) -> dict[str, str]:
    return {"of_scope": claim.scope, "of_key": claim.key}
