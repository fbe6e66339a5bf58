"""The outbox: events are stored with the change and delivered at least once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.engine import Database
from adapters.database.events.deliveries import (
    OUTBOX,
    STORED,
    UNKNOWN_AGAIN,
    envelope_of,
    save_deliveries,
)
from adapters.database.statements import insert_into
from adapters.database.tables.events import deliveries, outbox
from adapters.serialization.events import UnknownEvent, kind_of, payload_of
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
    .returning(outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.happened_at)
)


DELIVERED = (
    update(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True))).values(due_at=None)
)


READ = delete(deliveries).where(
    deliveries.c.subscriber == OUTBOX, deliveries.c.event_id.in_(bindparam("ids", expanding=True))
)


_of_event = deliveries.c.event_id == outbox.c.id


UNNEEDED = (
    select(outbox.c.id)
    .where(
        outbox.c.happened_at < bindparam("before"),
        or_(
            outbox.c.due_at.is_(None),
            exists().where(_of_event, deliveries.c.subscriber == OUTBOX),
        ),
        ~exists().where(_of_event, deliveries.c.subscriber != OUTBOX),
    )
    .order_by(outbox.c.happened_at)
    .limit(bindparam("most"))
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
            rows = await connection.execute(
                CLAIM, {"now": now, "most": limit, "until": now + LEASE}
            )
            claimed = [envelope_of(row) for row in sorted(rows.all(), key=lambda row: row.id)]
            unknown = [each for each in claimed if isinstance(each.event, UnknownEvent)]
            await self._set_aside(connection, unknown, now)
        return tuple(each for each in claimed if each not in unknown)

    async def delivered(
        self, envelopes: Sequence[Envelope], missed: Sequence[Delivery] = ()
    ) -> None:
        if not envelopes:
            return
        ids = sorted(envelope.id for envelope in envelopes)
        async with self._database.writes.begin() as connection:
            await connection.execute(DELIVERED, {"ids": ids})
            await connection.execute(READ, {"ids": ids})
            await save_deliveries(connection, missed)

    async def history(
        self, *, since: datetime, until: datetime, kinds: frozenset[str], limit: int
    ) -> tuple[Envelope, ...]:
        statement = (
            STORED.where(outbox.c.happened_at >= since, outbox.c.happened_at < until)
            .order_by(outbox.c.happened_at, outbox.c.id)
            .limit(limit)
        )
        if kinds:
            statement = statement.where(outbox.c.kind.in_(sorted(kinds)))
        async with self._database.reads.connect() as connection:
            rows = await connection.execute(statement)
            return tuple(envelope_of(row) for row in rows.all())

    async def replay(self, envelopes: Sequence[Envelope], subscriber: str, now: datetime) -> None:
        missed = [
            Delivery(envelope=each, subscriber=subscriber, attempts=0, due_at=now, last_error="")
            for each in envelopes
        ]
        async with self._database.writes.begin() as connection:
            await save_deliveries(connection, missed)

    async def purge(self, before: datetime, limit: int) -> int:
        async with self._database.writes.begin() as connection:
            ids = list(await connection.scalars(UNNEEDED, {"before": before, "most": limit}))
            deleted = await connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))
        return deleted.rowcount

    async def _set_aside(
        self, connection: AsyncConnection, unknown: Sequence[Envelope], now: datetime
    ) -> None:
        """Skip events that cannot be read, and list them as dead deliveries of the outbox.

        Those of plugins are skipped without that: their plugin was removed, or comes back.
        """
        if not unknown:
            return
        ids = [each.id for each in unknown]
        await connection.execute(
            update(outbox).where(outbox.c.id.in_(ids)).values(due_at=now + UNKNOWN_AGAIN)
        )
        await save_deliveries(
            connection,
            [
                Delivery(
                    envelope=each,
                    subscriber=OUTBOX,
                    attempts=1,
                    due_at=None,
                    last_error=UnknownEvent.__name__,
                )
                for each in unknown
                if isinstance(each.event, UnknownEvent) and not each.event.is_of_plugin
            ],
        )
