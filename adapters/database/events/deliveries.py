"""Deliveries of events to single subscribers, with a queue and a circuit breaker for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Row, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.columns import Utc
from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.events import deliveries, outbox, subscribers
from adapters.serialization.events import UnknownEvent, read_event
from ports.events.outbox import Delivery, Envelope

LEASE = timedelta(minutes=1)
"""Other workers skip a claimed delivery for this long: several times the timeout of an attempt."""

UNKNOWN_AGAIN = timedelta(hours=1)
"""When to read an unknown event again: another worker may have a newer version."""

OUTBOX = "outbox"
"""The subscriber of events that cannot be read. No code subscribes under this name."""

FAILURES_TO_PAUSE = 5
PAUSE = timedelta(minutes=1)

ATTEMPTED = ("attempts", "due_at", "last_error")

DUE = (
    select(subscribers.c.name)
    .where(
        subscribers.c.disabled_at.is_(None),
        or_(subscribers.c.paused_until.is_(None), subscribers.c.paused_until <= bindparam("now")),
        exists().where(
            deliveries.c.subscriber == subscribers.c.name, deliveries.c.due_at <= bindparam("now")
        ),
    )
    .order_by(subscribers.c.name)
)


CLAIM = (
    update(deliveries)
    .where(
        deliveries.c.subscriber == bindparam("of"),
        deliveries.c.event_id.in_(
            select(deliveries.c.event_id)
            .where(
                deliveries.c.subscriber == bindparam("of"),
                deliveries.c.due_at <= bindparam("now"),
                (deliveries.c.attempts > 0) == bindparam("again", type_=Boolean()),
            )
            .order_by(deliveries.c.due_at, deliveries.c.event_id)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        ),
    )
    .values(due_at=bindparam("until"))
    .returning(deliveries.c.event_id, deliveries.c.attempts, deliveries.c.last_error)
)


STORED = select(outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.happened_at)


DEAD = (
    select(deliveries, outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.happened_at)
    .join(outbox, outbox.c.id == deliveries.c.event_id)
    .where(deliveries.c.due_at.is_(None))
    .order_by(deliveries.c.event_id.desc())
)


_known = subscribers.c.name == bindparam("of")


SUCCEEDED = (
    update(subscribers)
    .where(_known, subscribers.c.failures > 0)
    .values(failures=0, failing_since=None, paused_until=None)
)


_failures = subscribers.c.failures + bindparam("more")


FAILED = (
    update(subscribers)
    .where(_known)
    .values(
        failures=_failures,
        failing_since=func.coalesce(subscribers.c.failing_since, bindparam("now", type_=Utc())),
        paused_until=case((_failures >= FAILURES_TO_PAUSE, bindparam("until", type_=Utc()))),
    )
)


class SqlDeliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscribers_due(self, now: datetime) -> tuple[str, ...]:
        async with self._database.reads.connect() as connection:
            return tuple(await connection.scalars(DUE, {"now": now}))

    async def claim(
        self, subscriber: str, now: datetime, limit: int, *, again: bool
    ) -> tuple[Delivery, ...]:
        async with self._database.writes.begin() as connection:
            values = {"of": subscriber, "now": now, "most": limit, "until": now + LEASE}
            claimed = (await connection.execute(CLAIM, {**values, "again": again})).all()
            if not claimed:
                return ()
            ids = [row.event_id for row in claimed]
            stored = await connection.execute(STORED.where(outbox.c.id.in_(ids)))
            envelopes = {row.id: envelope_of(row) for row in stored}
            unknown = [
                event_id
                for event_id, each in envelopes.items()
                if isinstance(each.event, UnknownEvent)
            ]
            await self._postpone(connection, subscriber, unknown, now + UNKNOWN_AGAIN)
        return tuple(
            Delivery(
                envelope=envelopes[row.event_id],
                subscriber=subscriber,
                attempts=row.attempts,
                due_at=now + LEASE,
                last_error=row.last_error,
            )
            for row in claimed
            if row.event_id not in unknown
        )

    async def record(
        self, subscriber: str, done: Sequence[Delivery], failed: Sequence[Delivery], now: datetime
    ) -> None:
        async with self._database.writes.begin() as connection:
            if done:
                await connection.execute(
                    delete(deliveries).where(
                        deliveries.c.subscriber == subscriber,
                        deliveries.c.event_id.in_([each.envelope.id for each in done]),
                    )
                )
                await connection.execute(SUCCEEDED, {"of": subscriber})
            if failed:
                await save_deliveries(connection, failed)
            if failed and not done:
                values = {"of": subscriber, "more": len(failed), "now": now, "until": now + PAUSE}
                await connection.execute(FAILED, values)

    async def disable_if_failing(self, subscriber: str, since: datetime, now: datetime) -> bool:
        async with self._database.writes.begin() as connection:
            disabled = await connection.execute(
                update(subscribers)
                .where(
                    subscribers.c.name == subscriber,
                    subscribers.c.failing_since <= since,
                    subscribers.c.disabled_at.is_(None),
                )
                .values(disabled_at=now)
            )
            if disabled.rowcount:
                await connection.execute(
                    update(deliveries)
                    .where(deliveries.c.subscriber == subscriber)
                    .values(due_at=None)
                )
        return disabled.rowcount == 1

    async def dead(self, limit: int) -> tuple[Delivery, ...]:
        async with self._database.reads.connect() as connection:
            rows = await connection.execute(DEAD.limit(limit))
            return tuple(_delivery(row) for row in rows)

    async def retry_dead(self, now: datetime) -> int:
        dead = deliveries.c.due_at.is_(None)
        unknown = (deliveries.c.subscriber == OUTBOX) & dead
        async with self._database.writes.begin() as connection:
            await connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(select(deliveries.c.event_id).where(unknown)))
                .values(due_at=now)
            )
            read_again = await connection.execute(delete(deliveries).where(unknown))
            revived = await connection.execute(
                update(deliveries).where(dead).values(due_at=now, attempts=0)
            )
            await connection.execute(update(subscribers).values(paused_until=None))
        return read_again.rowcount + revived.rowcount

    async def _postpone(
        self, connection: AsyncConnection, subscriber: str, ids: Sequence[UUID], until: datetime
    ) -> None:
        if ids:
            await connection.execute(
                update(deliveries)
                .where(deliveries.c.subscriber == subscriber, deliveries.c.event_id.in_(ids))
                .values(due_at=until, last_error=UnknownEvent.__name__)
            )


async def save_deliveries(connection: AsyncConnection, missed: Sequence[Delivery]) -> None:
    """Insert or replace deliveries, in a fixed order of locks."""
    if not missed:
        return
    names = sorted({each.subscriber for each in missed})
    await connection.execute(
        upsert(connection, subscribers).on_conflict_do_nothing(),
        [{"name": name, "failures": 0} for name in names],
    )
    statement = upsert(connection, deliveries)
    changed = {name: statement.excluded[name] for name in ATTEMPTED}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["event_id", "subscriber"], set_=changed),
        [
            {
                "event_id": each.envelope.id,
                "subscriber": each.subscriber,
                "attempts": each.attempts,
                "due_at": each.due_at,
                "last_error": each.last_error,
            }
            for each in sorted(missed, key=lambda each: (each.envelope.id, each.subscriber))
        ],
    )


def envelope_of(row: Any) -> Envelope:
    return Envelope(id=row.id, event=read_event(row.kind, row.payload, row.happened_at))


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        envelope=envelope_of(row),
        subscriber=row.subscriber,
        attempts=row.attempts,
        due_at=row.due_at,
        last_error=row.last_error,
    )
