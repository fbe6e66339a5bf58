"""Times in GMT+8, the time zone of Chinese payment providers."""

from datetime import datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8), "GMT+8")
"""The time zone of Chinese providers; it has no daylight-saving time."""


def china_time(at: datetime, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Format a time in GMT+8."""
    return at.astimezone(CHINA_TIME).strftime(pattern)


def parse_china_time(text: str, pattern: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Read a time in GMT+8. Raises `ValueError` for another format."""
    return datetime.strptime(text, pattern).replace(tzinfo=CHINA_TIME)
