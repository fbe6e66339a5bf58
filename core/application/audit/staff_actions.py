"""Records staff actions in the audit log."""

import re
from dataclasses import dataclass

from core.application.retries import retried
from core.domain.events import StaffActionRecorded
from ports.clock import Clock
from ports.unit_of_work import RepeatableUnits

COMMAND_LINE = "command line"
"""The actor of a command: the shop does not know who ran it."""

CODE = re.compile(r"(?!1[3-9][0-9]{9}$)[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""A code that staff choose, such as that of a promotion. It is no mobile number."""


def code_reference(text: str) -> str:
    """``?`` for text that is no code: it may be personal data, and the log keeps it for ever."""
    return text if CODE.fullmatch(text) else "?"


@dataclass(frozen=True, slots=True)
class RecordStaffAction:
    """Record an action of staff. Called before the action, so refused attempts are recorded too."""

    units: RepeatableUnits
    now: Clock

    @retried
    async def __call__(self, actor: str, action: str, reference: str) -> None:
        async with self.units() as unit:
            unit.add_event(
                StaffActionRecorded(actor=actor, action=action, reference=reference, at=self.now())
            )
            await unit.commit()
