"""The form of an admin page, and the values that it shows."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.plugins.answers.checks import (
    MAX_COUNT,
    WrongAnswer,
    exactly,
    mapping_of,
    moment_of,
    money_of,
    names_of,
    number_of,
    optional,
    text_of,
    words_of,
)
from ports.admin.forms import (
    FIELD_TYPES,
    MAX_BYTES,
    MAX_RICH_TEXT,
    AmountField,
    Choice,
    ChoiceField,
    ChoicesField,
    DateField,
    FileField,
    Form,
    FormField,
    LongTextField,
    MomentField,
    NumberField,
    Reference,
    ReferenceField,
    RichTextField,
    SecretField,
    Section,
    TextField,
    TranslatedField,
    YesNoField,
)

FIELD_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
FILE_ENDING = re.compile(r"\.[a-z0-9]{1,10}")
MAX_FIELDS = 100
MAX_CHOICES = 500
MAX_HELP = 1_000
MAX_ROWS = 50
MAX_DECIMALS = 9
RESERVED = {"once", "version", "act", "list"}
VISIBLE_BREAKS = str.maketrans("", "", "\n\t")


def form_of(value: Any) -> Form:
    form = exactly(value, Form, "the form")
    names_of(form.submit, "the label of the button")
    names: set[str] = set()
    for each in exactly(form.sections, tuple, "the sections"):
        section = exactly(each, Section, "a section")
        words_of(section.title, "the title of a section", most=MAX_HELP)
        words_of(section.help, "the help of a section", most=MAX_HELP)
        for field in exactly(section.fields, tuple, "the fields of a section"):
            name = field_of(field).name
            if name in names or name in RESERVED:
                raise WrongAnswer(f"two fields have the name “{name}”, or it is reserved")
            names.add(name)
    if not 0 < len(names) <= MAX_FIELDS:
        raise WrongAnswer(f"a form has 1 to {MAX_FIELDS} fields")
    return form


def field_of(value: Any) -> FormField:
    if type(value) not in FIELD_TYPES:
        raise WrongAnswer(f"a field is a {type(value).__name__} and none of entrepot.admin")
    field: FormField = value
    if not FIELD_NAME.fullmatch(exactly(field.name, str, "the name of a field")):
        raise WrongAnswer("the name of a field has 1 to 50 lower-case letters, digits, _ and -")
    what = f"the field “{field.name}”"
    names_of(field.label, f"the label of {what}")
    words_of(field.help, f"the help of {what}", most=MAX_HELP)
    exactly(field.required, bool, what)
    exactly(field.read_only, bool, what)
    if check := LIMITS.get(type(field)):
        check(field, what)
    return field


def _choice_limits(field: ChoiceField | ChoicesField, what: str) -> None:
    choices_of(field.choices, what)
    if isinstance(field, ChoiceField):
        words_of(field.none, what)


def _number_limits(field: NumberField, what: str) -> None:
    number_of(field.decimals, what, most=MAX_DECIMALS)
    for limit in (field.least, field.most):
        if type(limit) not in {int, Decimal}:
            raise WrongAnswer(f"a limit of {what} is no number")


def _amount_limits(field: AmountField, what: str) -> None:
    for amount in (field.least, field.most):
        optional(amount, lambda each: money_of(each, what))
    text_of(field.currency, what, most=3)


def _file_limits(field: FileField, what: str) -> None:
    number_of(field.most_bytes, what, least=1, most=MAX_BYTES)
    for ending in exactly(field.accept, tuple, what):
        if not FILE_ENDING.fullmatch(exactly(ending, str, what)):
            raise WrongAnswer(f"{what} accepts what is no ending such as “.csv”")


def _area_limits(field: LongTextField | RichTextField, what: str) -> None:
    _line_limits(field, what)
    number_of(field.rows, what, least=1, most=MAX_ROWS)


def _line_limits(field: Any, what: str) -> None:
    number_of(field.most, what, least=1, most=MAX_RICH_TEXT)


LIMITS: Mapping[type[FormField], Callable[[Any, str], Any]] = {
    TextField: _line_limits,
    TranslatedField: _line_limits,
    SecretField: _line_limits,
    LongTextField: _area_limits,
    RichTextField: _area_limits,
    NumberField: _number_limits,
    AmountField: _amount_limits,
    ChoiceField: _choice_limits,
    ChoicesField: _choice_limits,
    FileField: _file_limits,
    ReferenceField: lambda field, what: exactly(field.to, Reference, what),
}
"""The further parts of a field. Kinds of fields that are not here have none."""


def choices_of(value: Any, what: str) -> tuple[Choice, ...]:
    choices = exactly(value, tuple, f"the choices of {what}")
    if not 0 < len(choices) <= MAX_CHOICES:
        raise WrongAnswer(f"{what} has {len(choices)} choices instead of 1 to {MAX_CHOICES}")
    for each in choices:
        choice = exactly(each, Choice, f"a choice of {what}")
        text_of(choice.value, f"a choice of {what}", least=1)
        names_of(choice.label, f"a choice of {what}")
    if len({each.value for each in choices}) < len(choices):
        raise WrongAnswer(f"two choices of {what} have one value")
    return choices


def values_of(form: Form, value: Any) -> Mapping[str, Any]:
    """The values of a form by field. A field that is missing is empty."""
    values = mapping_of(value, "the values of the form", most=MAX_FIELDS)
    fields = {each.name: each for each in form.fields()}
    if unknown := set(values) - set(fields):
        raise WrongAnswer(f"the form has no field “{min(map(str, unknown))}”")
    for name, each in values.items():
        if each is not None:
            VALUES[type(fields[name])](fields[name], each)
    return dict(values)


def _line(field: Any, value: Any) -> None:
    text_of(value, field.name, most=MAX_RICH_TEXT)


def _lines(field: Any, value: Any) -> None:
    text = exactly(value, str, field.name)
    text_of(text.translate(VISIBLE_BREAKS), field.name, most=MAX_RICH_TEXT)


def _number(field: NumberField, value: Any) -> None:
    if field.decimals:
        if type(value) is not Decimal or not value.is_finite():
            raise WrongAnswer(f"{field.name} is no Decimal")
    else:
        number_of(value, field.name, least=-MAX_COUNT)


def _choices(field: ChoicesField, value: Any) -> None:
    known = {each.value for each in field.choices}
    for each in exactly(value, tuple, field.name):
        if exactly(each, str, field.name) not in known:
            raise WrongAnswer(f"{field.name} has a value that is no choice")


def _never(field: FormField, _value: Any) -> None:
    raise WrongAnswer(f"{field.name} is write-only: the shop does not show it")


VALUES: Mapping[type[FormField], Callable[[Any, Any], Any]] = {
    TextField: _line,
    ReferenceField: _line,
    ChoiceField: _line,
    LongTextField: _lines,
    RichTextField: _lines,
    TranslatedField: lambda field, value: words_of(value, field.name, most=MAX_RICH_TEXT),
    NumberField: _number,
    AmountField: lambda field, value: money_of(value, field.name),
    ChoicesField: _choices,
    YesNoField: lambda field, value: exactly(value, bool, field.name),
    DateField: lambda field, value: exactly(value, date, field.name),
    MomentField: lambda field, value: moment_of(value, field.name),
    FileField: _never,
    SecretField: _never,
}
