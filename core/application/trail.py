"""Who did what in the back office, and looked at whose data."""

from dataclasses import dataclass

from core.domain.events import StaffActed
from ports.clock import Clock
from ports.storage.units import UnitsOfWork


@dataclass(frozen=True, slots=True)
class RecordAct:
    """Write it down before it is done: what is refused was tried, too."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self, actor: str, action: str, reference: str) -> None:
        async with self.units() as unit:
            unit.tell(StaffActed(actor=actor, action=action, reference=reference, at=self.now()))
            await unit.commit()
