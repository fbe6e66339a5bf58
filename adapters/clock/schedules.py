"""The times of schedules, for `ports.jobs.NextRun`.

Cron expressions are those of Debian's cron, also when the clock is put forward or back.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from core.domain.schedules import Every


def next_run(every: Every, after: datetime) -> datetime:
    if not every.cron:
        return after + timedelta(minutes=every.minutes)
    try:
        found: datetime = next(CronSim(every.cron, after.astimezone(ZoneInfo(every.zone))))
    except CronSimError as error:
        raise ValueError(f"“{every.cron}” is no cron expression: {error}") from error
    except StopIteration:
        raise ValueError(f"the cron expression “{every.cron}” has no time") from None
    return found.astimezone(UTC)
