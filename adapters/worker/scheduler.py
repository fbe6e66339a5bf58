"""Starts the jobs that are due. Their leases give each run to one worker."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from core.application.jobs.running import RegisterJobs, RunJob
from core.application.jobs.scheduled import ScheduledJob, ScheduledJobs
from ports.clock import Clock
from ports.jobs import JobQueries

LOOK_EVERY_SECONDS = 15.0
"""How long a change by another process, such as a lease that ran out, may stay unseen."""

SHORTEST_WAIT_SECONDS = 1.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class JobScheduler:
    """One statement finds all that is due; the next is when the next job is due."""

    jobs: ScheduledJobs
    register: RegisterJobs
    run_job: RunJob
    queries: JobQueries
    now: Clock
    _runs: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def run(self) -> None:
        """Register and start jobs until the task is cancelled; then runs give their leases back."""
        try:
            await self.register()
            while True:
                seconds = await self.start_due()
                await asyncio.sleep(seconds)
        finally:
            await self.stop()

    async def start_due(self) -> float:
        """Start what is due. Returns the seconds until the next look."""
        now, wait = self.now(), LOOK_EVERY_SECONDS
        for record in await self.queries.list():
            job = self.jobs.get(record.name)
            if job is None or record.name in self._runs:
                continue
            if record.leased_until is not None and record.leased_until > now:
                continue
            if record.next_run_at <= now:
                self._start(job)
            else:
                wait = min(wait, _seconds(record.next_run_at, now))
        return max(wait, SHORTEST_WAIT_SECONDS)

    async def finished(self) -> None:
        """Wait until all runs that were started have ended."""
        while self._runs:
            await asyncio.gather(*self._runs.values())

    async def stop(self) -> None:
        for task in self._runs.values():
            task.cancel()
        await asyncio.gather(*self._runs.values(), return_exceptions=True)

    def _start(self, job: ScheduledJob) -> None:
        task = asyncio.create_task(self._run(job), name=f"job {job.name}")
        self._runs[job.name] = task
        task.add_done_callback(lambda _: self._runs.pop(job.name, None))

    async def _run(self, job: ScheduledJob) -> None:
        """Log an exception of the database: the lease ends, and another worker runs the job."""
        try:
            await self.run_job(job)
        except Exception:
            log.exception("a run was not recorded", job=job.name)


def _seconds(until: datetime, now: datetime) -> float:
    return (until - now).total_seconds()
