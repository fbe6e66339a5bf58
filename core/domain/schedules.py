"""How often a job runs."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

CRON_FIELDS = 5
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Every:
    """The schedule of a job: every so many ``minutes``, or at the times of a ``cron`` expression.

    ``cron`` has five fields (minute, hour, day of month, month, day of week) and is read in the
    time zone ``zone``, an IANA name. The first run of a job with ``minutes`` is at once; that of
    a job with ``cron`` at the first time that matches. Raises `ValueError`.

    >>> Every(minutes=15)
    Every(minutes=15, cron='', zone='UTC')
    >>> str(Every(cron="30 3 * * *", zone="Asia/Shanghai"))
    'cron 30 3 * * * Asia/Shanghai'
    """

    minutes: int = 0
    cron: str = ""
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if bool(self.minutes) == bool(self.cron):
            raise ValueError("a schedule has either minutes or a cron expression")
        if self.cron and len(self.cron.split()) != CRON_FIELDS:
            raise ValueError("a cron expression has five fields, such as “30 3 * * *”")
        if not self.cron and not timedelta(0) < timedelta(minutes=self.minutes) <= LONGEST:
            raise ValueError("a schedule has from one minute to 366 days")
        ZoneInfo(self.zone)

    def __str__(self) -> str:
        return f"cron {self.cron} {self.zone}" if self.cron else f"every {self.minutes} minutes"
