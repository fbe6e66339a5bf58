"""Destroys retained records after their retention period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from core.application.privacy.data_providers import DataProviders
from core.application.retries import retried
from core.domain.events import RetentionEnded
from ports.clock import Clock
from ports.errors import PortError
from ports.privacy.data_providers import Retention
from ports.privacy.requests import PrivacyUnitsOfWork

BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class EndRetention:
    """Destroy retained records whose time has ended. Returns the number of records.

    A record that must stay longer gets a new end. A provider that fails is called again in the
    next run.
    """

    units: PrivacyUnitsOfWork
    data_providers: DataProviders
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            due = await unit.privacy.retention_due(self.now(), BATCH_SIZE)
        ended = 0
        for code, pairs in groupby(due, lambda pair: pair[0]):
            references = [reference for _, reference in pairs]
            data_provider: object = self.data_providers.get(code)
            if not isinstance(data_provider, Retention):
                continue
            try:
                extended = await data_provider.end_retention(references)
            except PortError:
                continue
            ended += await self._record_end(code, references, extended)
        return ended

    @retried
    async def _record_end(
        self, code: str, references: Sequence[str], extended: Mapping[str, datetime]
    ) -> int:
        """Returns the number of destroyed records."""
        destroyed = len(references) - len(extended)
        async with self.units() as unit:
            await unit.privacy.end_retention(code, references, extended)
            unit.add_event(RetentionEnded(data_provider=code, records=destroyed, at=self.now()))
            await unit.commit()
        return destroyed
