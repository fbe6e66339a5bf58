"""A job of a plugin behind the plugin guard."""

from dataclasses import dataclass

from adapters.plugins.answers.checks import nothing
from adapters.plugins.answers.jobs import JobDescription
from adapters.plugins.guard import PluginGuard
from ports.jobs import Job


@dataclass(frozen=True, slots=True)
class GuardedJob:
    """A run has a time limit of its own, and a thread that no other call of the plugin uses."""

    job: Job
    guard: PluginGuard
    description: JobDescription

    async def __call__(self) -> None:
        await self.guard.call(self.job.run, nothing, seconds=self.description.limit_seconds)
