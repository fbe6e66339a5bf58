"""Writes the bundle of a privacy request: a person's records from every provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.application.privacy.data_providers import DataProviders
from core.application.privacy.processing import document_of, recipient_document
from core.application.privacy.recipients import Recipients
from core.domain.privacy.inventory import Field, Pii
from core.domain.privacy.policy import Policy
from core.domain.privacy.request import PrivacyRequest, RequestKind
from ports.bundles import Bundles, Contents, Records, Stage, StagedRecords, Staging
from ports.clock import Clock
from ports.errors import PortError
from ports.privacy.data_providers import PersonalDataProvider
from ports.signatures import Digest

NOT_PORTABLE = frozenset({"payments", "refunds", "notifications", "sessions"})
"""Sections that the person did not provide: the profile ``portability`` leaves them out."""


@dataclass(frozen=True, slots=True)
class WriteBundle:
    """Write the bundle of a request into ``folder``. Returns its path and the failed providers.

    A run that was killed continues in the same folder, from the last page of each provider. The
    profile ``access`` has all records, ``portability`` only those that the person provided.
    """

    data_providers: DataProviders
    policy: Policy
    recipients: Recipients
    bundles: Bundles
    staging: Staging
    digest: Digest
    now: Clock

    async def __call__(self, request: PrivacyRequest, folder: Path) -> tuple[Path, tuple[str, ...]]:
        failures: list[str] = list(await self.data_providers.absent())
        contents = Contents(
            request=request.number,
            profile=str(request.kind),
            made_at=self.now(),
            subject_hash=request.subject_hash,
            requested=[*(each.code for each in self.data_providers.here), *failures],
            inventory_hash=self.digest(
                document_of(self.policy, self.data_providers.inventory(), self.recipients.all)
            ),
            failed=failures,
            omissions=self._omissions(),
            information={
                "purposes": self._purposes(),
                "recipients": [recipient_document(each) for each in self.recipients.all],
                "salt": request.salt,
            },
        )
        path = folder / f"{request.kind}-{request.number}.zip"
        stage = self.staging(path)
        await self.bundles.write(path, contents, self._records(request, stage, failures))
        stage.remove()
        return path, tuple(dict.fromkeys(failures))

    async def _records(self, request: PrivacyRequest, stage: Stage, failures: list[str]) -> Records:
        """A provider that fails is left out completely: partial records would look complete."""
        for data_provider in self.data_providers.here:
            with stage.open(data_provider.code) as staged:
                try:
                    await self._stage_pages(data_provider, request, staged)
                except PortError:
                    failures.append(data_provider.code)
                    continue
                for record in staged.records():
                    if request.kind is RequestKind.ACCESS or record.section not in NOT_PORTABLE:
                        yield data_provider.code, record

    async def _stage_pages(
        self, data_provider: PersonalDataProvider, request: PrivacyRequest, staged: StagedRecords
    ) -> None:
        """Continue after the last staged page."""
        while not staged.is_complete:
            await staged.add(await data_provider.export(request.subject, staged.cursor))

    def _omissions(self) -> list[Mapping[str, str]]:
        return [
            {"place": each.place, "reason": each.classification.reason}
            for each in self.data_providers.inventory()
            if isinstance(each, Field)
            and isinstance(each.classification, Pii)
            and not each.classification.export
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
