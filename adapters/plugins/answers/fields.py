"""Fields that plugins declare."""

from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.checks import (
    WrongAnswer,
    code_of,
    exactly,
    mapping_of,
    names_of,
    number_of,
    text_of,
    tuple_of,
)
from core.domain.fields.choices import MAX_CHOICES, Choice
from core.domain.fields.field import Field, FieldEditor, FieldOwner, WrongField
from core.domain.fields.kinds import KINDS, FieldKind
from core.domain.fields.numbers import MAX_WHOLE_NUMBER, DecimalNumber, WholeNumber
from core.domain.fields.texts import LongText, ShortText
from core.domain.privacy.inventory import Category, DataSubjectKind, NotPersonal, OnErase, Pii
from core.domain.text import Text

MAX_HELP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescription:
    """A checked copy of a field; ``code`` is its name."""

    code: str
    field: Field


def describe_field(declared: Any) -> FieldDescription:
    found = exactly(declared, Field, "the field")
    name = code_of(found.name, "the name of a field")
    what = f"the field “{name}”"
    editors = found.edited_by
    if not isinstance(editors, frozenset | set):
        raise WrongAnswer(f"edited_by of {what} is no set")
    try:
        field = Field(
            owner=exactly(found.owner, FieldOwner, f"the owner of {what}"),
            name=name,
            label=names_of(found.label, f"the label of {what}"),
            kind=_kind(found.kind, what),
            personal=_classification(found.personal, what),
            help=_help(found.help, what),
            required=_flag(found.required, what),
            default=_default(found.default, what),
            shown=_flag(found.shown, what),
            edited_by=frozenset(
                exactly(each, FieldEditor, f"an editor of {what}") for each in editors
            ),
            filterable=_flag(found.filterable, what),
            asked_at_checkout=_flag(found.asked_at_checkout, what),
        )
    except WrongField as error:
        raise WrongAnswer(str(error)) from error
    return FieldDescription(code=name, field=field)


def _flag(value: Any, what: str) -> bool:
    return exactly(value, bool, f"an option of {what}")


def _help(value: Any, what: str) -> Text:
    text = exactly(value, Text, f"the help of {what}")
    if not text.by_language:
        return Text({})
    for each in mapping_of(text.by_language, f"the help of {what}", most=10).values():
        text_of(each, f"the help of {what}", most=MAX_HELP)
    return Text(dict(text.by_language))


def _default(value: Any, what: str) -> str | int | bool | None:
    if value is not None and type(value) not in {str, int, bool}:
        raise WrongAnswer(f"the default of {what} is a {type(value).__name__}")
    return value  # type: ignore[no-any-return]


def _kind(kind: Any, what: str) -> FieldKind:
    if type(kind) not in KINDS:
        raise WrongAnswer(f"the kind of {what} is a {type(kind).__name__} and no kind of field")
    try:
        match kind:
            case ShortText():
                return ShortText(number_of(kind.max_length, f"max_length of {what}"))
            case LongText():
                return LongText(number_of(kind.max_length, f"max_length of {what}"))
            case WholeNumber():
                most = MAX_WHOLE_NUMBER
                return WholeNumber(
                    number_of(kind.least, f"least of {what}", least=-most, most=most),
                    number_of(kind.most, f"most of {what}", least=-most, most=most),
                    _unit(kind.unit, what),
                )
            case DecimalNumber():
                places = number_of(kind.places, f"places of {what}")
                return DecimalNumber(places, _unit(kind.unit, what))
            case Choice():
                return Choice(_choices(kind.values, what))
            case _:
                plain: FieldKind = type(kind)()
                return plain
    except ValueError as error:
        raise WrongAnswer(f"the kind of {what}: {error}") from error


def _unit(unit: Any, what: str) -> Text:
    if type(unit) is Text and not unit.by_language:
        return Text({})
    return names_of(unit, f"the unit of {what}")


def _choices(values: Any, what: str) -> dict[str, Text]:
    found = mapping_of(values, f"the choices of {what}", most=MAX_CHOICES)
    return {
        code_of(code, f"a choice of {what}"): names_of(text, f"a choice of {what}")
        for code, text in tuple_of(list(found.items()), what, most=MAX_CHOICES)
    }


def _classification(value: Any, what: str) -> Pii | NotPersonal:
    where = f"the classification of {what}"
    if type(value) is NotPersonal:
        return NotPersonal(text_of(value.reason, where, most=MAX_HELP))
    found = exactly(value, Pii, where)
    return Pii(
        category=exactly(found.category, Category, where),
        purpose=code_of(found.purpose, where),
        on_erase=exactly(found.on_erase, OnErase, where),
        data_subject=exactly(found.data_subject, DataSubjectKind, where),
        export=_flag(found.export, what),
        sensitive=_flag(found.sensitive, what),
        encrypted=True,
        reason=text_of(found.reason, where, most=MAX_HELP),
    )
