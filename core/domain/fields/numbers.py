"""Fields of numbers."""

import re
from dataclasses import dataclass
from typing import ClassVar

from core.domain.errors import Invalid
from core.domain.fields.checks import NO_UNIT, FieldValue, require, text_of, with_unit
from core.domain.text import Text

MAX_WHOLE_NUMBER = 10**15
MAX_PLACES = 12
WHOLE = re.compile(r"-?[0-9]{1,16}")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.(?P<places>[0-9]+))?")


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number from ``least`` to ``most``, in ``unit``."""

    least: int = 0
    most: int = 10**9
    unit: Text = NO_UNIT
    code: ClassVar[str] = "whole_number"

    def __post_init__(self) -> None:
        limit = MAX_WHOLE_NUMBER
        require(-limit <= self.least <= self.most <= limit, "least and most are no range")

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
        return with_unit(value, self.unit)


@dataclass(frozen=True, slots=True)
class DecimalNumber:
    """A decimal number with at most ``places`` digits after the point, kept as it is written."""

    places: int = 2
    unit: Text = NO_UNIT
    code: ClassVar[str] = "decimal"

    def __post_init__(self) -> None:
        require(0 <= self.places <= MAX_PLACES, f"places is not from 0 to {MAX_PLACES}")

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        text = text_of(name, value).strip()
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
        return with_unit(value, self.unit)
