"""Fields of days and moments."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar

from core.domain.calendar import CHINA_TIME
from core.domain.errors import Invalid
from core.domain.fields.checks import FieldValue, same_text, text_of
from core.domain.text import Text

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Day:
    """A day such as ``2026-11-11``."""

    code: ClassVar[str] = "day"

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        text = text_of(name, value)
        try:
            # `fromisoformat` alone takes other notations, such as 2026-W46-3.
            day = date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise Invalid(name, "Enter a date such as 2026-11-24.")
        return day.isoformat()

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        return same_text(value)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to the minute. Text without an offset is meant in China, as in all forms."""

    code: ClassVar[str] = "moment"

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        try:
            moment = datetime.fromisoformat(text_of(name, value))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME)
            moment = moment.astimezone(UTC).replace(second=0, microsecond=0)
        except (ValueError, OverflowError):
            raise Invalid(name, "Enter a moment such as 2026-11-11T00:00.") from None
        return moment.isoformat(timespec="minutes")

    def write(self, value: FieldValue) -> str:
        """In China, as a browser wants it for ``datetime-local``."""
        moment = datetime.fromisoformat(str(value)).astimezone(CHINA_TIME)
        return moment.replace(tzinfo=None).isoformat(timespec="minutes")

    def shown(self, value: FieldValue) -> Text:
        return same_text(self.write(value).replace("T", " "))
