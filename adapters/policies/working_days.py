"""China's calendar of working days."""

from datetime import date

import chinese_calendar

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Return True for a working day of the State Council's calendar.

    The calendar of a year is published in the autumn before. Until then all weekdays are working
    days, so that a deadline can only be too early.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY
