"""The jobs that this process knows, those of the shop and those of plugins."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import NewType

from core.domain.schedules import Every


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """``name`` is unique in the shop: a job of a plugin has ``PLUGIN.NAME``.

    ``version`` says what the job works with. If it changes, the job is due at once.
    """

    name: str
    every: Every
    run: Callable[[], Awaitable[object]]
    version: str = ""

    @property
    def schedule(self) -> str:
        return f"{self.every}, {self.version}" if self.version else str(self.every)


ScheduledJobs = NewType("ScheduledJobs", Mapping[str, ScheduledJob])
"""By name."""


def scheduled(*jobs: ScheduledJob) -> ScheduledJobs:
    return ScheduledJobs({each.name: each for each in jobs})
