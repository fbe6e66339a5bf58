"""The record of processing, from what those who keep records say, and the columns there are."""

from dataclasses import dataclass
from typing import Any

from adapters.database.engine import Database
from adapters.database.inspection import columns_of
from adapters.privacy.processing import document_of, notice_of, problems_of
from core.application.privacy.keepers import Keepers
from core.application.recipients import Recipients
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.policy import Policy


@dataclass(frozen=True, slots=True)
class SqlProcessingRecord:
    database: Database
    policy: Policy
    keepers: Keepers
    recipients: Recipients

    def document(self) -> dict[str, Any]:
        return document_of(self.policy, self._inventory(), self.recipients.all)

    def notice(self, language: str) -> str:
        return notice_of(self.policy, self._inventory(), language, self.recipients.all)

    async def problems(self) -> list[str]:
        return problems_of(self.policy, self._inventory(), await columns_of(self.database))

    def _inventory(self) -> list[Field | Store]:
        return [each for keeper in self.keepers.here for each in keeper.inventory()]
