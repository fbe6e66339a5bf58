"""A clock that a test sets."""

from datetime import datetime


class SetClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
