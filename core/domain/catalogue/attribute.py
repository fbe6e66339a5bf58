"""Typed attributes of products, for filters and facets."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.text import Text


class AttributeKind(StrEnum):
    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A typed property. ``value`` is stable; ``label`` is the text for display.

    The value of a number is decimal digits, the value of a flag is ``true`` or ``false``.
    """

    code: str
    name: Text
    value: str
    label: Text
    kind: AttributeKind = AttributeKind.CHOICE

    def __post_init__(self) -> None:
        if self.kind is AttributeKind.FLAG and self.value not in {"true", "false"}:
            raise Invalid("attribute", "“{code}” must be true or false.", code=self.code)
        if self.kind is AttributeKind.NUMBER and not _is_number(self.value):
            raise Invalid("attribute", "“{code}” must be a number such as 1.5.", code=self.code)


def _is_number(value: str) -> bool:
    integer, _, fraction = value.removeprefix("-").partition(".")
    digits = integer + fraction
    return digits.isascii() and digits.isdigit() and integer != ""
