"""China's calendar of working days."""

from datetime import date

import chinese_calendar

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """By the calendar that the State Council publishes each autumn; by the week beyond it.

    What is not published yet has more working days that way, so that a deadline comes earlier
    and never later.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY
