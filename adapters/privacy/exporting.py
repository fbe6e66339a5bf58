"""A bundle for a person: their records from every keeper, and what the law wants beside them."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from adapters.evidence.bundle import Contents, Records, Writer
from adapters.keys.vault import Vault
from core.application.privacy.keepers import Keepers
from core.domain.privacy.inventory import Field, Pii
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Record
from core.domain.privacy.request import PrivacyRequest, RequestKind
from ports.clock import Clock
from ports.errors import PortError

NOT_PORTABLE = frozenset({"payments", "refunds", "notifications", "sessions"})
"""Sections that the person has not provided: they are for access alone."""


@dataclass(frozen=True, slots=True)
class WriteBundle:
    """Write the bundle of a request into ``folder``; where it is, and who did not answer.

    The profile ``portability`` has what the person has provided or caused, ``access`` all.
    """

    keepers: Keepers
    policy: Policy
    vault: Vault
    now: Clock

    async def __call__(self, request: PrivacyRequest, folder: Path) -> tuple[Path, tuple[str, ...]]:
        failures: list[str] = list(await self.keepers.absent())
        contents = Contents(
            request=request.number,
            profile=str(request.kind),
            made_at=self.now(),
            subject_hash=request.subject_hash,
            asked=[*(each.code for each in self.keepers.here), *failures],
            failed=failures,
            omissions=self._omissions(),
            information={"purposes": self._purposes(), "salt": request.salt},
        )
        path = folder / f"{request.kind}-{request.number}.zip"
        writer = Writer(path, self.vault.keyring.signer)
        await writer.write(contents, self._records(request, failures))
        return path, tuple(dict.fromkeys(failures))

    async def _records(self, request: PrivacyRequest, failures: list[str]) -> Records:
        """What a keeper told before it failed is left out: a part would look like the whole."""
        for keeper in self.keepers.here:
            with tempfile.TemporaryFile("w+b") as spool:
                try:
                    async for record in self._of(keeper, request):
                        _spool(spool, record)
                except PortError:
                    failures.append(keeper.code)
                    continue
                for record in _spooled(spool):
                    yield keeper.code, record

    async def _of(self, keeper: Any, request: PrivacyRequest) -> AsyncIterator[Record]:
        cursor = ""
        while True:
            page = await keeper.export(request.subject, cursor)
            for record in page.items:
                portable = record.section not in NOT_PORTABLE
                if portable or request.kind is RequestKind.ACCESS:
                    yield record
            if not page.cursor or page.cursor == cursor:
                return
            cursor = page.cursor

    def _omissions(self) -> list[Mapping[str, str]]:
        return [
            {"place": each.place, "reason": each.holds.reason}
            for keeper in self.keepers.here
            for each in keeper.inventory()
            if isinstance(each, Field) and isinstance(each.holds, Pii) and not each.holds.export
        ]

    def _purposes(self) -> list[dict[str, str]]:
        return [
            {
                "code": purpose.code,
                "name": " · ".join(purpose.name.by_language.values()),
                "basis": ", ".join(
                    f"{basis.code} ({basis.article})" for basis in purpose.basis.values()
                ),
                "retention": " · ".join(purpose.retention.by_language.values()),
            }
            for purpose in self.policy.purposes.values()
        ]


def _spool(spool: Any, record: Record) -> None:
    line = msgspec.json.encode((record.section, record.reference, dict(record.fields)))
    spool.write(line + b"\n")


def _spooled(spool: Any) -> Any:
    spool.seek(0)
    for line in spool:
        section, reference, fields = msgspec.json.decode(line)
        yield Record(section=section, reference=reference, fields=fields)
