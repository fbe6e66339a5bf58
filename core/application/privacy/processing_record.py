"""The record of processing (GDPR 30, PIPL 55) of the shop and its plugins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.application.privacy.data_providers import DataProviders
from core.application.privacy.processing import document_of, problems_of
from core.application.privacy.recipients import Recipients
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.policy import Policy
from ports.privacy.processing import DatabaseColumns


@dataclass(frozen=True, slots=True)
class ProcessingRecord:
    """Describes which personal data is processed, where, why and for how long."""

    policy: Policy
    data_providers: DataProviders
    recipients: Recipients
    columns: DatabaseColumns

    @property
    def inventory(self) -> Sequence[Field | Store]:
        return self.data_providers.inventory()

    def document(self) -> dict[str, Any]:
        return document_of(self.policy, self.inventory, self.recipients.all)

    async def problems(self) -> list[str]:
        """Returns the differences between the record and the columns of the live database."""
        return problems_of(self.policy, self.inventory, await self.columns())
