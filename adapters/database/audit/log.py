"""What happened, as everybody's events tell it, in a log that proves itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from adapters.database.audit.chain import AUDIT_CHAIN
from adapters.database.engine import Database
from adapters.serialization.events import kind_of, payload_of
from core.domain.events import ProductChanged, StockChanged
from ports.events.outbox import Envelope

COUNTLESS = (StockChanged, ProductChanged)
"""What the stock ledger and the catalogue tell by themselves."""


@dataclass(frozen=True, slots=True)
class SqlAuditLog:
    """Append-only. As a subscriber it takes every event once, whoever delivers it."""

    database: Database

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        wanted = [each for each in envelopes if not isinstance(each.event, COUNTLESS)]
        if not wanted:
            return
        event_id = AUDIT_CHAIN.log.c.event_id
        async with self.database.writes.begin() as connection:
            await AUDIT_CHAIN.queue(connection)
            known = set(
                await connection.scalars(
                    select(event_id).where(event_id.in_([each.id for each in wanted]))
                )
            )
            rows = [
                {
                    "event_id": each.id,
                    "at": each.event.at,
                    "kind": kind_of(each.event),
                    "payload": payload_of(each.event),
                }
                for each in wanted
                if each.id not in known
            ]
            await AUDIT_CHAIN.append(connection, rows)
