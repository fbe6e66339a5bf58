"""The calendar of the shop: a day begins at midnight in China."""

from datetime import date, datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8), "GMT+8")


def day_of(at: datetime) -> date:
    """The day of a moment.

    >>> from datetime import UTC
    >>> day_of(datetime(2026, 11, 27, 16, 30, tzinfo=UTC)).isoformat()
    '2026-11-28'
    """
    return at.astimezone(CHINA_TIME).date()


def start_of(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), CHINA_TIME)
