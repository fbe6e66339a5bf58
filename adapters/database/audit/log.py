"""The audit log: every event in a hash chain."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from adapters.database.audit.chain import AUDIT_CHAIN
from adapters.database.engine import Database
from adapters.serialization.events import kind_of, payload_of
from core.domain.events import ProductChanged, StockChanged
from ports.events.outbox import Envelope

NOT_LOGGED = (StockChanged, ProductChanged)
"""Frequent events that the stock ledger and the catalogue record already."""


@dataclass(frozen=True, slots=True)
class SqlAuditLog:
    """A subscriber that appends each event once, even if the event is delivered twice."""

    database: Database

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        logged = [each for each in envelopes if not isinstance(each.event, NOT_LOGGED)]
        if not logged:
            return
        event_id = AUDIT_CHAIN.log.c.event_id
        async with self.database.writes.begin() as connection:
            await AUDIT_CHAIN.acquire_lock(connection)
            present = set(
                await connection.scalars(
                    select(event_id).where(event_id.in_([each.id for each in logged]))
                )
            )
            rows = [
                {
                    "event_id": each.id,
                    "at": each.event.at,
                    "kind": kind_of(each.event),
                    "payload": payload_of(each.event),
                }
                for each in logged
                if each.id not in present
            ]
            await AUDIT_CHAIN.append(connection, rows)
