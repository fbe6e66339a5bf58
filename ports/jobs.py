"""Jobs: their schedules, their leases, and what plugins register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.schedules import Every


@runtime_checkable
class Job(Protocol):
    """Work that the shop does by itself. A plugin registers it with ``entrepot_jobs``.

    ``name`` is a code that is unique in the plugin. A class attribute ``limit_seconds`` may
    replace the time limit of a run, which is ten minutes; at most one hour.
    """

    name: str
    every: Every

    async def run(self) -> None:
        """Do the work. One worker at a time runs it.

        It must be idempotent: after a crash of the worker it runs again. An error is recorded by
        its type, and the next run is at the next time of the schedule.
        """


WORKER_ENDED = "the worker ended"
"""The error of a run that was lost."""


class NextRun(Protocol):
    def __call__(self, every: Every, after: datetime, /) -> datetime:
        """The first time of the schedule after ``after``, in UTC.

        Minutes are counted from ``after``.

        Raises:
            ValueError: the cron expression is wrong, or has no such time.
        """


class JobResult(StrEnum):
    """``lost``: the worker ended during the run, and its lease ran out."""

    NONE = ""
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """What the shop knows about the runs of a job.

    ``schedule`` is what the job was registered with. While ``leased_until`` is later than now, a
    worker runs the job. ``failures`` counts those in a row. ``last_error`` names types of
    exceptions, and no message, which can have personal data.
    """

    name: str
    schedule: str
    next_run_at: datetime
    leased_until: datetime | None = None
    last_start_at: datetime | None = None
    last_end_at: datetime | None = None
    last_result: JobResult = JobResult.NONE
    last_error: str = ""
    failures: int = 0
    runs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right of ``owner`` to run a job, for one run. It ends with ``until``."""

    owner: str
    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """The end of a run. ``error`` is empty after a success; ``failures`` counts those in a row."""

    at: datetime
    next_run_at: datetime
    error: str
    failures: int


class JobLeases(Protocol):
    """Gives each run of a job to one worker. Safe for any number of concurrent workers."""

    async def register(self, schedules: Mapping[str, tuple[str, datetime]]) -> None:
        """Store ``{name: (schedule, next run)}`` for new jobs and those with a new schedule."""

    async def claim(self, name: str, lease: Lease, *, due: bool) -> JobRecord | None:
        """Take the lease of a job that no other worker has. Returns the record after it.

        With ``due`` only if its next run has come. A lease that ran out can be taken: the result
        of that run is `JobResult.LOST`, and counts as a failure.
        """

    async def renew(self, name: str, lease: Lease) -> bool:
        """Extend the lease. False if its owner does not have it any more."""

    async def finish(self, name: str, owner: str, end: JobEnd) -> bool:
        """Record the end of a run, and give the lease back. False as in `renew`."""

    async def release(self, name: str, owner: str) -> None:
        """Give the lease back without a result: another worker runs the job again."""


class JobQueries(Protocol):
    async def list(self) -> Sequence[JobRecord]:
        """All jobs that were ever registered, by name."""
