"""Logs in which each entry is hashed with the one before it, and the last is signed at times.

``hash = SHA-256(previous ‖ canonical entry)``. A change breaks the chain where it was made; a
tail that was cut off is missed by the last signed head.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Row, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.statements import insert_into, upsert
from adapters.database.tables import audit_heads, audit_log, consent_heads, consents
from adapters.evidence.signing import holds, signature_of
from adapters.serialization.canonical import canonical

BEGINNING = "0" * 64
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """``content`` are the columns that are hashed; ``lock`` is PostgreSQL's, for who appends."""

    log: Table
    signed: Table
    content: tuple[str, ...]
    lock: int

    async def append(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows, which say everything but their place in the chain."""
        last = (
            await connection.execute(select(self.log).order_by(self.log.c.number.desc()).limit(1))
        ).first()
        number, previous = (last.number, last.hash) if last else (0, BEGINNING)
        entries = []
        for row in rows:
            number += 1
            entry = {**row, "number": number, "previous": previous}
            previous = self.hash_of(entry)
            entries.append({**entry, "hash": previous})
        if entries:
            await connection.execute(insert_into(self.log), entries)

    async def queue(self, connection: AsyncConnection) -> None:
        """Wait until nobody else appends; on SQLite whoever writes is alone already."""
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({self.lock})")

    async def entries(self, database: Database) -> AsyncIterator[dict[str, Any]]:
        """From the first to the last, with what is hashed and nothing else."""
        last = 0
        while True:
            async with database.reads.connect() as connection:
                rows = (
                    await connection.execute(
                        select(self.log)
                        .where(self.log.c.number > last)
                        .order_by(self.log.c.number)
                        .limit(AT_ONCE)
                    )
                ).all()
            for row in rows:
                yield self._entry(row)
            if len(rows) < AT_ONCE:
                return
            last = rows[-1].number

    async def heads(self, database: Database) -> Sequence[dict[str, Any]]:
        async with database.reads.connect() as connection:
            rows = await connection.execute(select(self.signed).order_by(self.signed.c.number))
            return [
                {
                    **_head(row.number, row.hash, row.signed_at),
                    "key_id": row.key_id,
                    "signature": row.signature,
                }
                for row in rows
            ]

    async def sign_head(self, database: Database, signer: Ed25519PrivateKey, now: datetime) -> int:
        """Sign the last entry; its number, 0 if there is none."""
        async with database.writes.begin() as connection:
            row = (
                await connection.execute(
                    select(self.log.c.number, self.log.c.hash)
                    .order_by(self.log.c.number.desc())
                    .limit(1)
                )
            ).first()
            if row is None:
                return 0
            signature = signature_of(signer, _head(row.number, row.hash, now))
            await connection.execute(
                upsert(connection, self.signed)
                .values(number=row.number, hash=row.hash, signed_at=now, **signature)
                .on_conflict_do_nothing()
            )
        return int(row.number)

    async def length(self, database: Database) -> int:
        async with database.reads.connect() as connection:
            return int(await connection.scalar(select(func.max(self.log.c.number))) or 0)

    async def broken_at(
        self,
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
            if entry["previous"] != previous or self.hash_of(entry) != entry["hash"]:
                return number, "the entry was changed"
            if number in signed and signed[number]["hash"] != entry["hash"]:
                return number, "the entry is not the one that was signed"
            previous, expected = entry["hash"], number + 1
        if signed and max(signed) >= expected:
            return expected, "entries were cut off"
        return None

    def hash_of(self, entry: Mapping[str, Any]) -> str:
        told = {name: _plain(entry[name]) for name in self.content}
        return hashlib.sha256(entry["previous"].encode() + canonical(told)).hexdigest()

    def _entry(self, row: Row[Any]) -> dict[str, Any]:
        names = (*self.content, "previous", "hash")
        return {name: _plain(getattr(row, name)) for name in names}


AUDIT = Chain(
    log=audit_log,
    signed=audit_heads,
    content=("number", "event_id", "at", "kind", "payload"),
    lock=20_261_126,
)
CONSENTS = Chain(
    log=consents,
    signed=consent_heads,
    content=(
        "number",
        "at",
        "subject_hash",
        "purpose",
        "given",
        "notice_version",
        "text_hash",
        "language",
        "channel",
    ),
    lock=20_261_127,
)
"""Whose consent it is, is outside the hash: erasing that does not break the chain."""

CHAINS = {"audit": AUDIT, "consents": CONSENTS}


def _head(number: int, entry_hash: str, at: datetime) -> dict[str, Any]:
    return {"number": number, "hash": entry_hash, "signed_at": at.isoformat()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
