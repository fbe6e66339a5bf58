"""Hash chains in tables: entries are appended and never changed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.statements import insert_into, upsert
from adapters.database.tables.audit import audit_heads, audit_log
from adapters.database.tables.privacy import consent_heads, consents
from adapters.serialization.canonical import canonical
from core.application.audit.chain import AUDIT, BEGINNING, CONSENTS, Chain, head_of, plain
from ports.signatures import Sign

PAGE_SIZE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlChain:
    """``lock`` is the key of the PostgreSQL advisory lock that serializes appends."""

    chain: Chain
    log: Table
    signed: Table
    lock: int

    async def append(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows; computes number and hashes. Call `acquire_lock` first."""
        last = (
            await connection.execute(select(self.log).order_by(self.log.c.number.desc()).limit(1))
        ).first()
        end = (last.number, last.hash) if last else (0, BEGINNING)
        entries = self.chain.linked(rows, end, canonical)
        if entries:
            await connection.execute(insert_into(self.log), entries)

    async def acquire_lock(self, connection: AsyncConnection) -> None:
        """Take the advisory lock until the end of the transaction; SQLite has one writer anyway."""
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({self.lock})")

    def entry(self, row: Row[Any]) -> dict[str, Any]:
        """The hashed columns of a row, ``previous`` and ``hash``."""
        names = (*self.chain.content, "previous", "hash")
        return {name: plain(getattr(row, name)) for name in names}


AUDIT_CHAIN = SqlChain(chain=AUDIT, log=audit_log, signed=audit_heads, lock=20_261_126)
CONSENT_CHAIN = SqlChain(chain=CONSENTS, log=consents, signed=consent_heads, lock=20_261_127)
CHAINS = {"audit": AUDIT_CHAIN, "consents": CONSENT_CHAIN}


@dataclass(frozen=True, slots=True)
class SqlChainedLogs:
    database: Database

    async def entries(self, log: str) -> AsyncIterator[dict[str, Any]]:
        chain, last = CHAINS[log], 0
        while True:
            async with self.database.reads.connect() as connection:
                rows = (
                    await connection.execute(
                        select(chain.log)
                        .where(chain.log.c.number > last)
                        .order_by(chain.log.c.number)
                        .limit(PAGE_SIZE)
                    )
                ).all()
            for row in rows:
                yield chain.entry(row)
            if len(rows) < PAGE_SIZE:
                return
            last = rows[-1].number

    async def heads(self, log: str) -> Sequence[dict[str, Any]]:
        signed = CHAINS[log].signed
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(select(signed).order_by(signed.c.number))
            return [
                {
                    **head_of(row.number, row.hash, row.signed_at),
                    "key_id": row.key_id,
                    "signature": row.signature,
                }
                for row in rows
            ]

    async def sign_head(self, log: str, sign: Sign, now: datetime) -> int:
        chain = CHAINS[log]
        async with self.database.writes.begin() as connection:
            row = (
                await connection.execute(
                    select(chain.log.c.number, chain.log.c.hash)
                    .order_by(chain.log.c.number.desc())
                    .limit(1)
                )
            ).first()
            if row is None:
                return 0
            signature = sign(head_of(row.number, row.hash, now))
            await connection.execute(
                upsert(connection, chain.signed)
                .values(number=row.number, hash=row.hash, signed_at=now, **signature)
                .on_conflict_do_nothing()
            )
        return int(row.number)

    async def length(self, log: str) -> int:
        async with self.database.reads.connect() as connection:
            return int(await connection.scalar(select(func.max(CHAINS[log].log.c.number))) or 0)
