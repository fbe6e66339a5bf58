"""The evidence pack: what an auditor checks without the shop, and without anybody's data."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from adapters.database.columns import HOLDS
from adapters.database.engine import Database
from adapters.database.tables import (
    disclosures,
    legal_holds,
    privacy_requests,
    record_keepers,
    retained_records,
)
from adapters.evidence.bundle import Contents, Records, Writer
from adapters.evidence.chain import CHAINS
from adapters.keys.vault import Vault
from adapters.privacy.processing import document_of
from adapters.serialization.canonical import digest
from core.application.privacy.keepers import Keepers
from core.application.recipients import Recipients
from core.domain.privacy.inventory import NotPersonal
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Record
from ports.clock import Clock

AT_ONCE = 1_000
ACTED = "StaffActed"
TABLES: tuple[Table, ...] = (legal_holds, disclosures, record_keepers)


@dataclass(frozen=True, slots=True)
class WriteEvidence:
    """Write the pack into ``folder``; where it is.

    It has both logs with their signed heads, requests with deadlines met and missed and their
    certificates, what is retained, who looked at what, and the record of processing.
    """

    database: Database
    keepers: Keepers
    policy: Policy
    recipients: Recipients
    vault: Vault
    now: Clock

    async def __call__(self, folder: Path) -> Path:
        now = self.now()
        inventory = [each for keeper in self.keepers.here for each in keeper.inventory()]
        record = document_of(self.policy, inventory, self.recipients.all)
        for chain in CHAINS.values():
            await chain.sign_head(self.database, self.vault.keyring.signer, now)
        contents = Contents(
            request=f"evidence-{now:%Y%m%d%H%M%S}",
            profile="evidence",
            made_at=now,
            subject_hash="",
            asked=[each.code for each in self.keepers.here],
            failed=list(await self.keepers.absent()),
            inventory_hash=digest(record),
            information={"record_of_processing": record},
        )
        writer = Writer(folder / f"{contents.request}.zip", self.vault.keyring.signer)
        return await writer.write(contents, self._records(now))

    async def _records(self, now: datetime) -> Records:
        async for request in self._rows(privacy_requests):
            yield "evidence", _request(request, now)
        for name, chain in CHAINS.items():
            heads = await chain.heads(self.database)
            async for entry in chain.entries(self.database):
                yield "evidence", _record(name, entry)
            for head in heads:
                yield "evidence", _record(f"{name}_heads", head)
        async for entry in CHAINS["audit"].entries(self.database):
            if entry["kind"] == ACTED:
                yield "evidence", _record("access", entry["payload"])
        for each in await self._retained():
            yield "evidence", _record("retained", each)
        for table in TABLES:
            async for row in self._rows(table):
                yield "evidence", _record(str(table.name), row)

    async def _rows(self, table: Table) -> AsyncIterator[Mapping[str, Any]]:
        """What is nobody's of each row, by key."""
        columns = [each for each in table.columns if isinstance(each.info[HOLDS], NotPersonal)]
        (key,) = table.primary_key.columns
        last: Any = None
        while True:
            page = select(*columns).order_by(key).limit(AT_ONCE)
            if last is not None:
                page = page.where(key > last)
            async with self.database.reads.connect() as connection:
                rows = (await connection.execute(page)).mappings().all()
            for row in rows:
                yield dict(row)
            if len(rows) < AT_ONCE:
                return
            last = rows[-1][key.name]

    async def _retained(self) -> Sequence[Mapping[str, Any]]:
        table = retained_records.c
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(
                select(
                    table.keeper,
                    table.reason,
                    table.article,
                    func.min(table.until).label("first_ends"),
                    func.max(table.until).label("last_ends"),
                    func.count().label("records"),
                ).group_by(table.keeper, table.reason, table.article)
            )
            return [dict(row) for row in rows.mappings()]


def _record(section: str, fields: Mapping[str, Any]) -> Record:
    return Record(section=section, reference="", fields=fields)


def _request(row: Mapping[str, Any], now: datetime) -> Record:
    """``in_time``: it was over before it was due, or is not due yet."""
    in_time = (row["ended_at"] or now) <= row["due_at"]
    return _record("requests", {**row, "in_time": in_time})
