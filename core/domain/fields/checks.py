"""A value of a field, and the checks that several kinds need."""

from core.domain.errors import Invalid
from core.domain.text import Text

FieldValue = str | int | bool
"""JSON. A decimal number is text, such as ``1.50``; a day and a moment are in ISO 8601."""

NO_UNIT = Text({})


def text_of(name: str, value: object) -> str:
    """Raises `Invalid` if the value is no text."""
    if type(value) is not str:
        raise Invalid(name, "Enter a text.")
    return value


def same_text(value: FieldValue) -> Text:
    """One text for all languages."""
    return Text({"zh": str(value), "en": str(value)})


def with_unit(value: FieldValue, unit: Text) -> Text:
    units = unit.by_language
    return Text({each: f"{value} {units[each]}" for each in units}) if units else same_text(value)


def require(is_true: bool, problem: str) -> None:  # noqa: FBT001 -- an assertion
    """Raises `ValueError`: a kind is declared wrongly."""
    if not is_true:
        raise ValueError(problem)
