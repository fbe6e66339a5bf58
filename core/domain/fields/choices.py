"""Fields with few values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from core.domain.errors import Invalid
from core.domain.fields.checks import FieldValue, require, same_text
from core.domain.text import Text

MAX_CHOICES = 200
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
YES = Text({"zh": "是", "en": "Yes"})
NO = Text({"zh": "否", "en": "No"})


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
        require(1 <= len(self.values) <= MAX_CHOICES, f"has not 1 to {MAX_CHOICES} values")
        for code in self.values:
            require(CODE.fullmatch(code) is not None, f"the value “{code}” is no code")

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
        return self.values.get(str(value)) or same_text(value)
