"""The kinds of fields: which values they take, and how these are written as text.

A value is JSON: text, a whole number, or true and false. Each kind has one text for each value, so
that a form and a file give back the value that they were given.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import ClassVar

from core.domain.calendar import CHINA_TIME
from core.domain.errors import Invalid
from core.domain.text import Text, composed, is_one_line

FieldValue = str | int | bool
"""A decimal number is text, such as ``1.50``; a day and a moment are in ISO 8601."""

MAX_TEXT = 500
MAX_LONG_TEXT = 10_000
MAX_WHOLE_NUMBER = 10**15
MAX_CHOICES = 200
MAX_PLACES = 12
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
WHOLE = re.compile(r"-?[0-9]{1,16}")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.(?P<places>[0-9]+))?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LINE_ENDS = re.compile(r"\r\n?")
NO_UNIT = Text({})
YES = Text({"zh": "是", "en": "Yes"})
NO = Text({"zh": "否", "en": "No"})


@dataclass(frozen=True, slots=True)
class ShortText:
    """One line of at most ``max_length`` characters."""

    max_length: int = 200
    code: ClassVar[str] = "text"

    def __post_init__(self) -> None:
        _require(1 <= self.max_length <= MAX_TEXT, f"max_length is not from 1 to {MAX_TEXT}")

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        line = composed(_text(name, value))
        if not is_one_line(line):
            raise Invalid(name, "Remove the characters that cannot be printed.")
        return _short(name, line, self.max_length)

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        return _same(str(value))


@dataclass(frozen=True, slots=True)
class LongText:
    """Lines of at most ``max_length`` characters in all."""

    max_length: int = 2_000
    code: ClassVar[str] = "long_text"

    def __post_init__(self) -> None:
        most = MAX_LONG_TEXT
        _require(1 <= self.max_length <= most, f"max_length is not from 1 to {most}")

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        lines = composed(LINE_ENDS.sub("\n", _text(name, value)))
        if any(unicodedata.category(each) in {"Cc", "Cs"} for each in lines if each not in "\n\t"):
            raise Invalid(name, "Remove the characters that cannot be printed.")
        return _short(name, lines, self.max_length)

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        return _same(str(value))


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number from ``least`` to ``most``, in ``unit``."""

    least: int = 0
    most: int = 10**9
    unit: Text = NO_UNIT
    code: ClassVar[str] = "whole_number"

    def __post_init__(self) -> None:
        limit = MAX_WHOLE_NUMBER
        _require(-limit <= self.least <= self.most <= limit, "least and most are no range")

    def read(self, name: str, text: str) -> FieldValue:
        if not WHOLE.fullmatch(text):
            raise Invalid(name, "“{value}” is not a whole number.", value=text[:40])
        return self.check(name, int(text))

    def check(self, name: str, value: object) -> FieldValue:
        if type(value) is not int:
            raise Invalid(name, "“{value}” is not a whole number.", value=str(value)[:40])
        if not self.least <= value <= self.most:
            raise Invalid(
                name,
                "Enter a number from {least} to {most}.",
                least=self.least,
                most=self.most,
            )
        return value

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        units = self.unit.by_language
        return Text({each: f"{value} {units[each]}" for each in units}) if units else _same(value)


@dataclass(frozen=True, slots=True)
class DecimalNumber:
    """A decimal number with at most ``places`` digits after the point, kept as it is written."""

    places: int = 2
    unit: Text = NO_UNIT
    code: ClassVar[str] = "decimal"

    def __post_init__(self) -> None:
        _require(0 <= self.places <= MAX_PLACES, f"places is not from 0 to {MAX_PLACES}")

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        text = _text(name, value).strip()
        match = DECIMAL.fullmatch(text)
        if match is None or len(match["places"] or "") > self.places:
            raise Invalid(
                name,
                "Enter a number such as 1.5, with at most {places} digits after the point.",
                places=self.places,
            )
        return text

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        units = self.unit.by_language
        return Text({each: f"{value} {units[each]}" for each in units}) if units else _same(value)


@dataclass(frozen=True, slots=True)
class YesNo:
    """True or false; ``true`` and ``false`` as text."""

    code: ClassVar[str] = "yes_no"

    def read(self, name: str, text: str) -> FieldValue:
        if text.lower() not in {"true", "false"}:
            raise Invalid(name, "Enter true or false.")
        return text.lower() == "true"

    def check(self, name: str, value: object) -> FieldValue:
        if type(value) is not bool:
            raise Invalid(name, "Enter true or false.")
        return value

    def write(self, value: FieldValue) -> str:
        return "true" if value else "false"

    def shown(self, value: FieldValue) -> Text:
        return YES if value else NO


@dataclass(frozen=True, slots=True)
class Choice:
    """One of ``values``: codes with the texts that people see, in the order of display."""

    values: Mapping[str, Text] = field(default_factory=dict)
    code: ClassVar[str] = "choice"

    def __post_init__(self) -> None:
        _require(1 <= len(self.values) <= MAX_CHOICES, f"has not 1 to {MAX_CHOICES} values")
        for code in self.values:
            _require(CODE.fullmatch(code) is not None, f"the value “{code}” is no code")

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        if type(value) is not str or value not in self.values:
            raise Invalid(name, "“{value}” is not one of the choices.", value=str(value)[:40])
        return value

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        """A value that the plugin does not declare any more is shown as its code."""
        return self.values.get(str(value)) or _same(value)


@dataclass(frozen=True, slots=True)
class Day:
    """A day such as ``2026-11-11``."""

    code: ClassVar[str] = "day"

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        text = _text(name, value)
        try:
            # `fromisoformat` alone takes other notations, such as 2026-W46-3.
            day = date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise Invalid(name, "Enter a day such as 2026-11-11.")
        return day.isoformat()

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        return _same(value)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to the minute. Text without an offset is meant in China, as in all forms."""

    code: ClassVar[str] = "moment"

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        try:
            moment = datetime.fromisoformat(_text(name, value))
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
        return _same(self.write(value).replace("T", " "))


FieldKind = ShortText | LongText | WholeNumber | DecimalNumber | YesNo | Choice | Day | Moment
KINDS: tuple[type[FieldKind], ...] = (
    ShortText,
    LongText,
    WholeNumber,
    DecimalNumber,
    YesNo,
    Choice,
    Day,
    Moment,
)


def _text(name: str, value: object) -> str:
    if type(value) is not str:
        raise Invalid(name, "Enter a text.")
    return value


def _short(name: str, text: str, most: int) -> str:
    if len(text) > most:
        raise Invalid(name, "Use at most {most} characters.", most=most)
    return text


def _same(value: FieldValue) -> Text:
    """One text for all languages."""
    return Text({"zh": str(value), "en": str(value)})


def _require(is_true: bool, problem: str) -> None:  # noqa: FBT001 -- an assertion
    if not is_true:
        raise ValueError(problem)
