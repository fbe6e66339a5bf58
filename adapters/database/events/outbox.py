"""The outbox: events are stored with the change and delivered at least once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.engine import Database
from adapters.database.statements import insert_into, upsert
from adapters.database.tables.events import deliveries, outbox
from adapters.serialization.events import event_of, kind_of, payload_of
from core.domain.events import Event
from ports.events.outbox import Delivery, Envelope

LEASE = timedelta(minutes=1)
"""Other relays skip claimed events for this long."""


DUE = (
    select(outbox.c.id)
    .where(outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
)


ANY_DUE = DUE.limit(1)


CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(DUE.limit(bindparam("most")).with_for_update(skip_locked=True)))
    .values(due_at=bindparam("until"))
    .returning(outbox.c.id, outbox.c.kind, outbox.c.payload)
)


DELIVERED = (
    update(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True))).values(due_at=None)
)


ANY_RETRY_DUE = (
    select(deliveries.c.event_id).where(deliveries.c.due_at <= bindparam("now")).limit(1)
)


RETRIES = (
    select(deliveries, outbox.c.kind, outbox.c.payload)
    .join(outbox, outbox.c.id == deliveries.c.event_id)
    .order_by(deliveries.c.event_id)
)


async def write_events(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """Insert events into the outbox, in the transaction of ``connection``."""
    rows = [
        {
            "id": new_id(),
            "kind": kind_of(event),
            "payload": payload_of(event),
            "happened_at": event.at,
            "due_at": event.at,
        }
        for event in events
    ]
    if rows:
        await connection.execute(insert_into(outbox), rows)


class SqlOutbox:
    """A claim moves ``due_at`` to the end of the lease. `SKIP LOCKED`: relays never block."""

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
        return tuple(_envelope(row.id, row) for row in rows)

    async def delivered(
        self, envelopes: Sequence[Envelope], failed: Sequence[Delivery] = ()
    ) -> None:
        if not envelopes:
            return
        async with self._database.writes.begin() as connection:
            await connection.execute(DELIVERED, {"ids": [envelope.id for envelope in envelopes]})
            await self._save_deliveries(connection, failed)

    async def claim_retries(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        async with self._database.reads.connect() as connection:
            if (await connection.execute(ANY_RETRY_DUE, {"now": now})).first() is None:
                return ()
        async with self._database.writes.begin() as connection:
            due = (
                RETRIES.where(deliveries.c.due_at <= now)
                .limit(limit)
                .with_for_update(of=deliveries, skip_locked=True)
            )
            rows = (await connection.execute(due)).all()
            for row in rows:
                await connection.execute(
                    _for_delivery(update(deliveries), row).values(due_at=now + LEASE)
                )
        return tuple(_delivery(row) for row in rows)

    async def record_attempt(self, delivery: Delivery, *, done: bool) -> None:
        async with self._database.writes.begin() as connection:
            if done:
                await connection.execute(
                    delete(deliveries).where(
                        deliveries.c.event_id == delivery.envelope.id,
                        deliveries.c.subscriber == delivery.subscriber,
                    )
                )
            else:
                await self._save_deliveries(connection, [delivery])

    async def dead(self, limit: int) -> tuple[Delivery, ...]:
        async with self._database.reads.connect() as connection:
            rows = await connection.execute(
                select(deliveries, outbox.c.kind, outbox.c.payload)
                .join(outbox, outbox.c.id == deliveries.c.event_id)
                .where(deliveries.c.due_at.is_(None))
                .order_by(deliveries.c.event_id.desc())
                .limit(limit)
            )
            return tuple(_delivery(row) for row in rows)

    async def retry_dead(self, now: datetime) -> int:
        async with self._database.writes.begin() as connection:
            revived = await connection.execute(
                update(deliveries)
                .where(deliveries.c.due_at.is_(None))
                .values(due_at=now, attempts=0)
            )
        return revived.rowcount

    async def history(
        self, *, since: datetime, until: datetime, kinds: frozenset[str], limit: int
    ) -> tuple[Envelope, ...]:
        statement = (
            select(outbox.c.id, outbox.c.kind, outbox.c.payload)
            .where(outbox.c.happened_at >= since, outbox.c.happened_at < until)
            .order_by(outbox.c.happened_at, outbox.c.id)
            .limit(limit)
        )
        if kinds:
            statement = statement.where(outbox.c.kind.in_(sorted(kinds)))
        async with self._database.reads.connect() as connection:
            rows = await connection.execute(statement)
            return tuple(_envelope(row.id, row) for row in rows.all())

    async def replay(self, envelopes: Sequence[Envelope], subscriber: str, now: datetime) -> None:
        async with self._database.writes.begin() as connection:
            await self._save_deliveries(
                connection,
                [
                    Delivery(
                        envelope=each, subscriber=subscriber, attempts=0, due_at=now, last_error=""
                    )
                    for each in envelopes
                ],
            )

    async def purge(self, before: datetime) -> int:
        undelivered = exists().where(deliveries.c.event_id == outbox.c.id)
        async with self._database.writes.begin() as connection:
            deleted = await connection.execute(
                delete(outbox).where(
                    outbox.c.happened_at < before, outbox.c.due_at.is_(None), ~undelivered
                )
            )
        return deleted.rowcount

    async def _save_deliveries(
        self, connection: AsyncConnection, missed: Sequence[Delivery]
    ) -> None:
        if not missed:
            return
        statement = upsert(connection, deliveries)
        changed = {name: statement.excluded[name] for name in ("attempts", "due_at", "last_error")}
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["event_id", "subscriber"], set_=changed
            ),
            [
                {
                    "event_id": each.envelope.id,
                    "subscriber": each.subscriber,
                    "attempts": each.attempts,
                    "due_at": each.due_at,
                    "last_error": each.last_error,
                }
                for each in missed
            ],
        )


def _for_delivery(statement: Any, row: Row[Any]) -> Any:
    return statement.where(
        deliveries.c.event_id == row.event_id, deliveries.c.subscriber == row.subscriber
    )


def _envelope(event_id: Any, row: Any) -> Envelope:
    return Envelope(id=event_id, event=event_of(row.kind, row.payload))


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        envelope=_envelope(row.event_id, row),
        subscriber=row.subscriber,
        attempts=row.attempts,
        due_at=row.due_at,
        last_error=row.last_error,
    )
