"""Events, written with what made them true and handed out at least once."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.statements import insert_into
from adapters.database.tables import outbox
from adapters.identity import new_id
from core.domain.events import Event
from ports.storage.outbox import Envelope

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}
LEASE = timedelta(minutes=1)

DUE = (
    select(outbox.c.id)
    .where(outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
)
ANY_DUE = DUE.limit(1)
CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(DUE.limit(bindparam("most")).with_for_update(skip_locked=True)))
    .values(due_at=bindparam("until"), attempts=outbox.c.attempts + 1)
    .returning(outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.attempts)
)
DELIVERED = delete(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True)))


async def write_events(connection: AsyncConnection, happened: Sequence[Event]) -> None:
    """Put them in the outbox of the running transaction."""
    rows = [
        {
            "id": new_id(),
            "kind": type(event).__name__,
            "payload": _payload(event),
            "attempts": 0,
            "due_at": event.at,
            "last_error": "",
        }
        for event in happened
    ]
    if rows:
        await connection.execute(insert_into(outbox), rows)


class SqlOutbox:
    """Claims by moving ``due_at``: on PostgreSQL with `SKIP LOCKED`, so relays do not queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, now: datetime, limit: int) -> tuple[Envelope, ...]:
        async with self._database.reads.connect() as connection:
            if (await connection.execute(ANY_DUE, {"now": now})).first() is None:
                return ()
        async with self._database.writes.begin() as connection:
            claimed = await connection.execute(
                CLAIM, {"now": now, "most": limit, "until": now + LEASE}
            )
            rows = sorted(claimed.all(), key=lambda row: row.id)
        return tuple(
            Envelope(id=row.id, event=_event(row.kind, row.payload), attempts=row.attempts)
            for row in rows
        )

    async def delivered(self, envelopes: Sequence[Envelope]) -> None:
        if not envelopes:
            return
        async with self._database.writes.begin() as connection:
            await connection.execute(DELIVERED, {"ids": [envelope.id for envelope in envelopes]})

    async def failed(self, envelope: Envelope, retry_at: datetime, reason: str) -> None:
        async with self._database.writes.begin() as connection:
            await connection.execute(
                update(outbox)
                .where(outbox.c.id == envelope.id)
                .values(due_at=retry_at, last_error=reason)
            )


def _payload(event: Event) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in asdict(event).items()
    }


def _event(kind: str, payload: dict[str, str]) -> Event:
    values: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name == "at" else UUID(value)
        for name, value in payload.items()
    }
    return KINDS[kind](**values)
