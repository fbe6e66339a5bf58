"""What jobs say about themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from typing import Any

from adapters.clock.schedules import next_run
from adapters.plugins.answers.checks import WrongAnswer, code_of, exactly, number_of, text_of
from core.domain.schedules import Every

LIMIT_SECONDS = 600
LONGEST_SECONDS = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDescription:
    """What a job says about itself. The shop asks once, at the start."""

    code: str
    every: Every
    limit_seconds: int


def describe_job(job: Any) -> JobDescription:
    code = code_of(job.name, "the name of a job")
    if not iscoroutinefunction(job.run):
        raise WrongAnswer(f"run of the job “{code}” is no async function")
    limit = getattr(job, "limit_seconds", LIMIT_SECONDS)
    return JobDescription(
        code=code,
        every=_schedule(job.every),
        limit_seconds=number_of(limit, f"the limit of “{code}”", least=1, most=LONGEST_SECONDS),
    )


def _schedule(value: Any) -> Every:
    every = exactly(value, Every, "the schedule of a job")
    try:
        copied = Every(
            minutes=exactly(every.minutes, int, "the minutes"),
            cron=text_of(every.cron, "the cron expression"),
            zone=text_of(every.zone, "the time zone"),
        )
        next_run(copied, datetime.now(UTC))
    except ValueError as error:
        raise WrongAnswer(str(error)) from error
    return copied
