"""The states of jobs, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.application.jobs.scheduled import ScheduledJob, ScheduledJobs
from ports.clock import Clock
from ports.jobs import JobQueries, JobRecord, NextRun

MISSES = 3
"""A job is in alarm after so many failures in a row, or if it is late by so many intervals."""


class JobState(StrEnum):
    """``alarm``: three failures in a row, or no run in three intervals.

    ``gone``: the plugin is not installed or not loaded, or has no such job any more.
    """

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    ALARM = "alarm"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """``reason`` is one English line for an operator."""

    record: JobRecord
    state: JobState
    reason: str


@dataclass(frozen=True, slots=True)
class JobStates:
    """Says the state of each record at this moment."""

    jobs: ScheduledJobs
    next_run: NextRun
    now: Clock

    def __call__(self, records: Sequence[JobRecord]) -> tuple[JobStatus, ...]:
        now = self.now()
        return tuple(self._status(each, now) for each in records)

    def _status(self, record: JobRecord, now: datetime) -> JobStatus:
        state = self._state(record, now)
        return JobStatus(record=record, state=state, reason=_reason(record, state))

    def _state(self, record: JobRecord, now: datetime) -> JobState:
        job = self.jobs.get(record.name)
        if job is None:
            return JobState.GONE
        if record.failures >= MISSES:
            return JobState.ALARM
        if record.leased_until is not None and record.leased_until > now:
            return JobState.RUNNING
        if is_late(job, record.next_run_at, now, self.next_run):
            return JobState.ALARM
        return JobState.FAILED if record.failures else JobState.WAITING


@dataclass(frozen=True, slots=True)
class ListJobs:
    """All jobs that were ever registered, with their states."""

    queries: JobQueries
    states: JobStates

    async def __call__(self) -> tuple[JobStatus, ...]:
        return self.states(await self.queries.list())


class JobWatch:
    """Keeps the last records, for metrics that are read without a statement."""

    def __init__(self, queries: JobQueries, states: JobStates) -> None:
        self._queries = queries
        self._states = states
        self._records: Sequence[JobRecord] = ()

    async def refresh(self) -> None:
        self._records = await self._queries.list()

    def __call__(self) -> tuple[JobStatus, ...]:
        """The states now, of the records of the last `refresh`."""
        return self._states(self._records)


def is_late(job: ScheduledJob, due: datetime, now: datetime, next_run: NextRun) -> bool:
    """Whether three times of the schedule have passed since the run was due."""
    for _ in range(MISSES):
        due = next_run(job.every, due)
        if due > now:
            return False
    return True


def _reason(record: JobRecord, state: JobState) -> str:
    if state is JobState.GONE:
        plugin, dot, _ = record.name.partition(".")
        return f"the plugin “{plugin}” is gone" if dot else "this version has no such job"
    if record.failures:
        return f"failed {record.failures} times in a row: {record.last_error}"
    if state is JobState.ALARM:
        return f"no worker ran it: it is due since {record.next_run_at:%Y-%m-%d %H:%M} UTC"
    return ""
