"""What a form or a program needs to ask for the values of fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.domain.fields.checks import NO_UNIT
from core.domain.fields.choices import Choice
from core.domain.fields.declared import FieldValues
from core.domain.fields.field import Field
from core.domain.fields.numbers import DecimalNumber, WholeNumber
from core.domain.fields.texts import LongText, ShortText


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChoice:
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInput:
    """A field to ask for, in one language.

    ``kind`` is ``text``, ``long_text``, ``whole_number``, ``decimal``, ``yes_no``, ``choice``,
    ``day`` or ``moment``. ``least`` and ``most`` are for whole numbers, ``max_length`` for texts.
    """

    name: str
    label: str
    help: str
    kind: str
    required: bool
    unit: str = ""
    max_length: int | None = None
    least: int | None = None
    most: int | None = None
    choices: tuple[FieldChoice, ...] = ()


def inputs_of(fields: Iterable[Field], language: str) -> tuple[FieldInput, ...]:
    return tuple(_input(each, language) for each in fields)


def texts_of(fields: Iterable[Field], values: FieldValues, prefix: str = "") -> Mapping[str, str]:
    """The values as a form shows them, by ``prefix`` and `Field.key`; the empty ones, too."""
    return {
        prefix + each.key: each.kind.write(values[each.name]) if each.name in values else ""
        for each in fields
    }


def _input(field: Field, language: str) -> FieldInput:
    kind = field.kind
    choices: tuple[FieldChoice, ...] = ()
    if isinstance(kind, Choice):
        choices = tuple(
            FieldChoice(value=code, label=text.in_language(language))
            for code, text in kind.values.items()
        )
    unit = kind.unit if isinstance(kind, WholeNumber | DecimalNumber) else NO_UNIT
    return FieldInput(
        name=field.name,
        label=field.label.in_language(language),
        help=field.help.in_language(language),
        kind=kind.code,
        required=field.required,
        unit=unit.in_language(language),
        max_length=kind.max_length if isinstance(kind, ShortText | LongText) else None,
        least=kind.least if isinstance(kind, WholeNumber) else None,
        most=kind.most if isinstance(kind, WholeNumber) else None,
        choices=choices,
    )
