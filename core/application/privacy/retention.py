"""What was retained for a time that is over."""

from dataclasses import dataclass
from itertools import groupby

from core.application.privacy.data_providers import DataProviders
from core.domain.events import RetentionEnded
from ports.clock import Clock
from ports.errors import PortError
from ports.privacy.data_providers import Retention
from ports.privacy.requests import PrivacyUnitsOfWork

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class EndRetention:
    """Destroy what was retained and is not needed any more; how many records.

    What must stay after all gets a new end. A keeper that does not answer is asked again.
    """

    units: PrivacyUnitsOfWork
    data_providers: DataProviders
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            due = await unit.privacy.retention_due(self.now(), AT_ONCE)
        ended = 0
        for code, some in groupby(due, lambda pair: pair[0]):
            references = [reference for _, reference in some]
            data_provider: object = self.data_providers.get(code)
            if not isinstance(data_provider, Retention):
                continue
            try:
                extended = await data_provider.end_retention(references)
            except PortError:
                continue
            async with self.units() as unit:
                await unit.privacy.end_retention(code, references, extended)
                gone = len(references) - len(extended)
                unit.add_event(RetentionEnded(data_provider=code, records=gone, at=self.now()))
                await unit.commit()
            ended += gone
        return ended
