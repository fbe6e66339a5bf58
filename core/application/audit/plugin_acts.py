"""Records what staff do on the pages of plugins."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.audit.staff_actions import code_reference
from core.application.retries import retried
from core.domain.events import StaffActionRecorded
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork

MOST_KEYS = 50


@dataclass(frozen=True, slots=True)
class RecordPluginAct:
    """Record an act before the plugin does it, and spend the one-time key of its form.

    A plugin does an act outside of the shop's transactions. So the key is spent first: the act
    happens at most once, however often the form is sent.

    Raises:
        AlreadyDone: the form was sent before.
        KeyReused: the form was sent before with other values.
    """

    units: UnitsOfWork
    now: Clock

    @retried
    async def __call__(self, actor: str, plugin: str, act: str, keys: Sequence[str]) -> None:
        """``keys`` name the things; they are codes of the plugin."""
        named = [code_reference(each) for each in keys[:MOST_KEYS]]
        if len(keys) > MOST_KEYS:
            named.append(f"+{len(keys) - MOST_KEYS}")
        async with self.units() as unit:
            unit.add_event(
                StaffActionRecorded(
                    actor=actor,
                    action=f"plugin {plugin}: {act}",
                    reference=" ".join(named),
                    at=self.now(),
                )
            )
            await unit.commit()
