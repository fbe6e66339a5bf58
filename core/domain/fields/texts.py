"""Fields of text."""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from core.domain.errors import Invalid
from core.domain.fields.checks import FieldValue, require, same_text, text_of
from core.domain.text import Text, composed, is_one_line

MAX_TEXT = 500
MAX_LONG_TEXT = 10_000
LINE_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class ShortText:
    """One line of at most ``max_length`` characters."""

    max_length: int = 200
    code: ClassVar[str] = "text"

    def __post_init__(self) -> None:
        require(1 <= self.max_length <= MAX_TEXT, f"max_length is not from 1 to {MAX_TEXT}")

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        line = composed(text_of(name, value))
        if not is_one_line(line):
            raise Invalid(name, "Remove the characters that cannot be printed.")
        return short(name, line, self.max_length)

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        return same_text(str(value))


@dataclass(frozen=True, slots=True)
class LongText:
    """Lines of at most ``max_length`` characters in all."""

    max_length: int = 2_000
    code: ClassVar[str] = "long_text"

    def __post_init__(self) -> None:
        most = MAX_LONG_TEXT
        require(1 <= self.max_length <= most, f"max_length is not from 1 to {most}")

    def read(self, name: str, text: str) -> FieldValue:
        return self.check(name, text)

    def check(self, name: str, value: object) -> FieldValue:
        lines = composed(LINE_ENDS.sub("\n", text_of(name, value)))
        if any(unicodedata.category(each) in {"Cc", "Cs"} for each in lines if each not in "\n\t"):
            raise Invalid(name, "Remove the characters that cannot be printed.")
        return short(name, lines, self.max_length)

    def write(self, value: FieldValue) -> str:
        return str(value)

    def shown(self, value: FieldValue) -> Text:
        return same_text(str(value))


def short(name: str, text: str, most: int) -> str:
    """Raises `Invalid` if the text is longer than ``most`` characters. Nothing is cut."""
    if len(text) > most:
        raise Invalid(name, "Use at most {most} characters.", most=most)
    return text
