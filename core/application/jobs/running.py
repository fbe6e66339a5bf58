"""Runs one job under its lease."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.application.jobs.scheduled import ScheduledJob, ScheduledJobs
from core.application.jobs.states import MISSES, is_late
from core.application.retries import retrying
from ports.clock import Clock, NewToken
from ports.errors import PortError
from ports.jobs import WORKER_ENDED, JobEnd, JobLeases, JobResult, Lease, NextRun

LEASE = timedelta(minutes=2)
"""A worker that crashed keeps other workers from its job for this long."""

HEARTBEAT_SECONDS = 30.0
"""How often a run renews its lease. Three heartbeats may fail."""

LEASE_LOST = "LeaseLost"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """A run that ended. ``error`` is empty after a success; ``failures`` counts those in a row."""

    error: str
    failures: int


@dataclass(frozen=True, slots=True)
class RegisterJobs:
    """Store the schedules of all jobs. A new job with minutes is due at once."""

    jobs: ScheduledJobs
    leases: JobLeases
    next_run: NextRun
    now: Clock

    async def __call__(self) -> None:
        now = self.now()
        schedules = {
            name: (job.schedule, self.next_run(job.every, now) if job.every.cron else now)
            for name, job in self.jobs.items()
        }
        await retrying(lambda: self.leases.register(schedules), repeatable=True)


@dataclass(frozen=True, slots=True)
class RunJob:
    """Run a job, if no other worker has its lease. Returns None if another has it.

    A heartbeat renews the lease. A run that loses it is cancelled. An error of the job is
    recorded, and its next run is at the next time of the schedule. A job whose worker ended
    three times in a row during a run waits for the next time, too.
    """

    leases: JobLeases
    next_run: NextRun
    now: Clock
    new_token: NewToken

    async def __call__(self, job: ScheduledJob, *, due: bool = True) -> JobRun | None:
        """With ``due`` only if its next run has come."""
        lease = self._lease(self.new_token())
        claimed = await self.leases.claim(job.name, lease, due=due)
        if claimed is None:
            return None
        if claimed.last_result is JobResult.LOST:
            log.error("the worker of a job ended during its run: %s", job.name)
        elif due and is_late(job, claimed.next_run_at, lease.now, self.next_run):
            log.error("job was late by three intervals: %s", job.name)
        if due and claimed.last_result is JobResult.LOST and claimed.failures >= MISSES:
            lost = JobRun(error=WORKER_ENDED, failures=claimed.failures)
            return await self._finish(job, lease, lost)
        try:
            error = await self._run(job, lease.owner)
        except asyncio.CancelledError:
            with suppress(PortError):
                await self.leases.release(job.name, lease.owner)
            raise
        failures = claimed.failures + 1 if error else 0
        return await self._finish(job, lease, JobRun(error=error, failures=failures))

    async def _run(self, job: ScheduledJob, owner: str) -> str:
        """Returns the types of the error; an empty string after a success."""
        work = asyncio.ensure_future(_outcome(job))
        heartbeat = asyncio.create_task(self._heartbeat(job.name, owner))
        try:
            await asyncio.wait({work, heartbeat}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else LEASE_LOST
        finally:
            work.cancel()
            heartbeat.cancel()
            await asyncio.gather(work, heartbeat, return_exceptions=True)

    async def _heartbeat(self, name: str, owner: str) -> None:
        """Returns when the lease is lost."""
        until = self.now() + LEASE
        while self.now() < until:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            lease = self._lease(owner)
            with suppress(PortError):
                if not await self.leases.renew(name, lease):
                    return
                until = lease.until

    async def _finish(self, job: ScheduledJob, lease: Lease, run: JobRun) -> JobRun:
        now = self.now()
        end = JobEnd(
            at=now,
            next_run_at=self._next_run(job, lease.now, now),
            error=run.error,
            failures=run.failures,
        )
        await retrying(lambda: self.leases.finish(job.name, lease.owner, end))
        if run.failures >= MISSES:
            log.error("job failed %d times in a row: %s", run.failures, job.name)
        return run

    def _next_run(self, job: ScheduledJob, started: datetime, ended: datetime) -> datetime:
        """The times that passed during the run are left out."""
        if job.every.cron:
            return self.next_run(job.every, ended)
        interval = timedelta(minutes=job.every.minutes)
        return started + interval * ((ended - started) // interval + 1)

    def _lease(self, owner: str) -> Lease:
        now = self.now()
        return Lease(owner=owner, now=now, until=now + LEASE)


async def _outcome(job: ScheduledJob) -> str:
    try:
        await job.run()
    except Exception as error:
        # One failed job must not stop the others. The error of a plugin can have personal data.
        types = types_of(error)
        log.error("job failed: %s: %s", job.name, types, exc_info=not isinstance(error, PortError))  # noqa: TRY400
        return types
    return ""


def types_of(error: BaseException) -> str:
    """The types of an error and its causes, without their messages.

    >>> try:
    ...     raise LookupError("a message") from KeyError("a key")
    ... except LookupError as error:
    ...     types_of(error)
    'LookupError from KeyError'
    """
    names = [type(error).__name__]
    while error.__cause__ is not None and len(names) < MISSES:
        error = error.__cause__
        names.append(type(error).__name__)
    return " from ".join(dict.fromkeys(names))
