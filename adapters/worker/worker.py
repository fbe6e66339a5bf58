"""Relaying events as they come, and jobs at intervals."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from core.application.events import RelayEvents

IDLE_SECONDS = 1.0
GATHER_SECONDS = 0.25
"""How long events are gathered, so that ten changes of a product are one for its index."""

log = structlog.get_logger(__name__)


class Wakeup:
    """Set by whoever leaves something to do; the worker of this process wakes at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return when called, or after ``seconds``: another process may have left something."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()


@dataclass(frozen=True, slots=True)
class Job:
    """``seconds`` between two runs; the first run is at once."""

    seconds: float
    run: Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Worker:
    """Runs until it is cancelled. A job that fails is logged and runs again at its next time."""

    relay: RelayEvents
    wakeup: Wakeup
    jobs: Mapping[str, Job] = field(default_factory=dict)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._relay())
            for name, job in self.jobs.items():
                group.create_task(self._repeat(name, job))

    async def _relay(self) -> None:
        while True:
            delivered = await self._safely("relay", self.relay)
            if not delivered:
                await self.wakeup.wait(IDLE_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)

    async def _repeat(self, name: str, job: Job) -> None:
        while True:
            await self._safely(name, job.run)
            await asyncio.sleep(job.seconds)

    async def _safely(self, name: str, run: Callable[[], Awaitable[object]]) -> object:
        """The boundary around background work: it is recorded and tried again."""
        try:
            return await run()
        except Exception:
            log.exception("background work failed", job=name)
            return None
