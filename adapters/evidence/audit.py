"""What happened, each entry hashed with the one before it, and the last one signed at times.

``hash = SHA-256(previous ‖ canonical entry)``. A change breaks the chain where it was made; a
tail that was cut off is missed by the last signed head.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.statements import insert_into, upsert
from adapters.database.tables import audit_heads, audit_log
from adapters.event_codec import kind_of, payload_of
from adapters.evidence.canonical import canonical
from adapters.evidence.signing import holds, signature_of
from core.domain.events import ProductChanged, StockChanged
from ports.storage.outbox import Envelope

BEGINNING = "0" * 64
AT_ONCE = 1_000
LOCK = 20_261_126
COUNTLESS = (StockChanged, ProductChanged)
"""What the stock ledger and the catalogue tell by themselves."""


@dataclass(frozen=True, slots=True)
class SqlAuditLog:
    """Append-only. As a subscriber it takes every event once, whoever delivers it."""

    database: Database

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        wanted = [each for each in envelopes if not isinstance(each.event, COUNTLESS)]
        if wanted:
            async with self.database.writes.begin() as connection:
                await self._append(connection, wanted)

    async def _append(self, connection: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
        if not self.database.is_sqlite:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        known = set(
            await connection.scalars(
                select(audit_log.c.event_id).where(
                    audit_log.c.event_id.in_([each.id for each in envelopes])
                )
            )
        )
        last = (
            await connection.execute(select(audit_log).order_by(audit_log.c.number.desc()).limit(1))
        ).first()
        number, previous = (last.number, last.hash) if last else (0, BEGINNING)
        rows = []
        for envelope in envelopes:
            if envelope.id in known:
                continue
            number += 1
            entry = {
                "number": number,
                "event_id": envelope.id,
                "at": envelope.event.at,
                "kind": kind_of(envelope.event),
                "payload": payload_of(envelope.event),
                "previous": previous,
            }
            previous = hash_of(entry)
            rows.append({**entry, "hash": previous})
        if rows:
            await connection.execute(insert_into(audit_log), rows)

    async def entries(self) -> AsyncIterator[dict[str, Any]]:
        """From the first to the last."""
        last = 0
        while True:
            async with self.database.reads.connect() as connection:
                rows = (
                    await connection.execute(
                        select(audit_log)
                        .where(audit_log.c.number > last)
                        .order_by(audit_log.c.number)
                        .limit(AT_ONCE)
                    )
                ).all()
            for row in rows:
                yield _entry(row)
            if len(rows) < AT_ONCE:
                return
            last = rows[-1].number

    async def heads(self) -> Sequence[dict[str, Any]]:
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(select(audit_heads).order_by(audit_heads.c.number))
            return [
                {
                    **_signed(row.number, row.hash, row.signed_at),
                    "key_id": row.key_id,
                    "signature": row.signature,
                }
                for row in rows
            ]

    async def sign_head(self, signer: Ed25519PrivateKey, now: datetime) -> int:
        """Sign the last entry; its number, 0 if there is none."""
        async with self.database.writes.begin() as connection:
            row = (
                await connection.execute(
                    select(audit_log.c.number, audit_log.c.hash)
                    .order_by(audit_log.c.number.desc())
                    .limit(1)
                )
            ).first()
            if row is None:
                return 0
            signature = signature_of(signer, _signed(row.number, row.hash, now))
            await connection.execute(
                upsert(connection, audit_heads)
                .values(number=row.number, hash=row.hash, signed_at=now, **signature)
                .on_conflict_do_nothing()
            )
        return int(row.number)

    async def length(self) -> int:
        async with self.database.reads.connect() as connection:
            return int(await connection.scalar(select(func.max(audit_log.c.number))) or 0)


async def broken_at(
    entries: AsyncIterator[Mapping[str, Any]],
    heads: Sequence[Mapping[str, Any]],
    key: Ed25519PublicKey,
) -> tuple[int, str] | None:
    """The first number at which a log is not what it was, and why; None if it is."""
    signed = {int(head["number"]): head for head in heads}
    for head in heads:
        document = {name: head[name] for name in ("number", "hash", "signed_at")}
        if not holds(key, document, dict(head)):
            return int(head["number"]), "the head is not signed with this key"
    previous, expected = BEGINNING, 1
    async for entry in entries:
        number = int(entry["number"])
        if number != expected:
            return expected, "the entry is missing"
        if entry["previous"] != previous or hash_of(entry) != entry["hash"]:
            return number, "the entry was changed"
        if number in signed and signed[number]["hash"] != entry["hash"]:
            return number, "the entry is not the one that was signed"
        previous, expected = entry["hash"], number + 1
    if signed and max(signed) >= expected:
        return expected, "entries were cut off"
    return None


def hash_of(entry: Mapping[str, Any]) -> str:
    told = {name: entry[name] for name in ("number", "event_id", "kind", "payload")}
    told["at"] = entry["at"].isoformat() if isinstance(entry["at"], datetime) else entry["at"]
    content = canonical(told)
    return hashlib.sha256(entry["previous"].encode() + content).hexdigest()


def _entry(row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number,
        "event_id": str(row.event_id),
        "at": row.at.isoformat(),
        "kind": row.kind,
        "payload": row.payload,
        "previous": row.previous,
        "hash": row.hash,
    }


def _signed(number: int, entry_hash: str, at: datetime) -> dict[str, Any]:
    return {"number": number, "hash": entry_hash, "signed_at": at.isoformat()}
