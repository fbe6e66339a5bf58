"""Times in GMT+8, the time zone of Chinese payment providers."""

from datetime import date, datetime, time, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8), "GMT+8")
"""The time zone of Chinese providers; it has no daylight-saving time."""


def china_time(at: datetime, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Format a time in GMT+8."""
    return at.astimezone(CHINA_TIME).strftime(pattern)


def parse_china_time(text: str, pattern: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Read a time in GMT+8. Raises `ValueError` for another format."""
    return datetime.strptime(text, pattern).replace(tzinfo=CHINA_TIME)


STATEMENT_HOUR = time(10, tzinfo=CHINA_TIME)
"""Providers publish the statement of a day at 10:00 of the next one."""


def statement_ready_at(day: date) -> datetime:
    """The time on the next day at which providers have published the statement of a day.

    >>> statement_ready_at(date(2026, 11, 25)).isoformat()
    '2026-11-26T10:00:00+08:00'
    """
    return datetime.combine(day + timedelta(days=1), STATEMENT_HOUR)
