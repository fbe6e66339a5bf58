"""Windows: from a moment until before another one; None has no limit."""

from datetime import datetime

from core.domain.errors import Invalid

FIRST_YEAR = 2000
LAST_YEAR = 2999


def check_moment(name: str, at: datetime | None) -> None:
    """Raises `Invalid` unless every time zone can show the moment: none has a year 10000."""
    if at and not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Invalid(
            name, "Enter a year from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR
        )


def check_window(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """Raises `Invalid` unless the window has some time."""
    check_moment("starts_at", starts_at)
    check_moment("ends_at", ends_at)
    if starts_at and ends_at and ends_at <= starts_at:
        raise Invalid("ends_at", "The end is not after the start.")


def next_change(
    starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> datetime | None:
    """The start or the end of a window, whichever comes next after ``now``."""
    return min((at for at in (starts_at, ends_at) if at and at > now), default=None)
