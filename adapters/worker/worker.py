"""Runs the outbox relay continuously, and tasks at intervals."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from core.application.events import RelayEvents

IDLE_SECONDS = 1.0
GATHER_SECONDS = 0.25
"""Wait before the relay, so that several changes of a product are indexed once."""

log = structlog.get_logger(__name__)


class Wakeup:
    """A unit of work with events calls it; the worker of this process starts immediately."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return when called, or after ``seconds``: another process may have stored events."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """``seconds`` between two runs. The first run is at the start.

    Every worker runs it: its rows have leases of their own. `JobScheduler` is for the others.
    """

    seconds: float
    run: Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Worker:
    """Runs until it is cancelled. A failed task is logged and runs again after its interval."""

    relay: RelayEvents
    wakeup: Wakeup
    tasks: Mapping[str, PeriodicTask] = field(default_factory=dict)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._relay())
            for name, task in self.tasks.items():
                group.create_task(self._repeat(name, task))

    async def _relay(self) -> None:
        while True:
            delivered = await self._run_logged("relay", self.relay)
            if not delivered:
                await self.wakeup.wait(IDLE_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)

    async def _repeat(self, name: str, task: PeriodicTask) -> None:
        while True:
            await self._run_logged(name, task.run)
            await asyncio.sleep(task.seconds)

    async def _run_logged(self, name: str, run: Callable[[], Awaitable[object]]) -> object:
        """Log an exception and continue: one failed task must not stop the others."""
        try:
            return await run()
        except Exception:
            log.exception("background work failed", task=name)
            return None
