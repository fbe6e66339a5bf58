"""Records staff actions in the audit log."""

from dataclasses import dataclass

from core.domain.events import StaffActionRecorded
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class RecordStaffAction:
    """Record an action of staff. Called before the action, so refused attempts are recorded too."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self, actor: str, action: str, reference: str) -> None:
        async with self.units() as unit:
            unit.add_event(
                StaffActionRecorded(actor=actor, action=action, reference=reference, at=self.now())
            )
            await unit.commit()
