"""Writes the evidence pack, which an auditor checks offline. It has no personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.application.audit.chain import CHAINS
from core.application.audit.verification import SignHeads
from core.application.privacy.data_providers import DataProviders
from core.application.privacy.processing import document_of
from core.application.privacy.recipients import Recipients
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Record
from ports.audit import ChainedLogs, EvidenceRecords
from ports.bundles import Bundles, Contents, Records
from ports.clock import Clock
from ports.signatures import Digest

STAFF_ACTION = "StaffActionRecorded"


@dataclass(frozen=True, slots=True)
class WriteEvidence:
    """Write the evidence pack into ``folder``. Returns its path.

    It contains both logs with their signed heads, the privacy requests with deadlines and
    certificates, the retained records, the staff actions and the record of processing.
    """

    logs: ChainedLogs
    records: EvidenceRecords
    sign_heads: SignHeads
    bundles: Bundles
    data_providers: DataProviders
    policy: Policy
    recipients: Recipients
    digest: Digest
    now: Clock

    async def __call__(self, folder: Path) -> Path:
        now = self.now()
        record = document_of(self.policy, self.data_providers.inventory(), self.recipients.all)
        await self.sign_heads()
        contents = Contents(
            request=f"evidence-{now:%Y%m%d%H%M%S}",
            profile="evidence",
            made_at=now,
            subject_hash="",
            requested=[each.code for each in self.data_providers.here],
            failed=list(await self.data_providers.absent()),
            inventory_hash=self.digest(record),
            information={"record_of_processing": record},
        )
        path = folder / f"{contents.request}.zip"
        return await self.bundles.write(path, contents, self._records(now))

    async def _records(self, now: datetime) -> Records:
        async for request in self.records.requests():
            yield "evidence", _request(request, now)
        for name in CHAINS:
            heads = await self.logs.heads(name)
            async for entry in self.logs.entries(name):
                yield "evidence", _record(name, entry)
            for head in heads:
                yield "evidence", _record(f"{name}_heads", head)
        async for entry in self.logs.entries("audit"):
            if entry["kind"] == STAFF_ACTION:
                yield "evidence", _record("access", entry["payload"])
        for each in await self.records.retained():
            yield "evidence", _record("retained", each)
        async for table, row in self.records.others():
            yield "evidence", _record(table, row)


def _record(section: str, fields: Mapping[str, Any]) -> Record:
    return Record(section=section, reference="", fields=fields)


def _request(row: Mapping[str, Any], now: datetime) -> Record:
    """``in_time``: the request ended before its deadline, or the deadline is in the future."""
    in_time = (row["ended_at"] or now) <= row["due_at"]
    return _record("requests", {**row, "in_time": in_time})
