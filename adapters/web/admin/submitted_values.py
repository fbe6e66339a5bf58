"""Reads a submitted form by the fields that it has, into typed values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adapters.web.admin.form_values import moment_of
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.domain.amounts import minor_units_in
from core.domain.errors import Invalid, raise_if_invalid
from core.domain.money import Money
from core.domain.text import LANGUAGES, Text, check_length, is_one_line
from ports.admin.forms import (
    AmountField,
    ChoiceField,
    ChoicesField,
    DateField,
    FileField,
    Form,
    FormField,
    LongTextField,
    MomentField,
    NumberField,
    ReferenceField,
    RichTextField,
    SecretField,
    TextField,
    TranslatedField,
    YesNoField,
)
from ports.security import Sanitise

MISSING = "This field is required."
SHOWN = 40
MAX_REFERENCE = 200


@dataclass(frozen=True, slots=True)
class ReadForm:
    """Reads the fields of a `Form`. ``currency`` is that of the shop."""

    currency: Given[str]
    sanitise: Given[Sanitise]

    def __call__(self, form: Form, sent: SubmittedForm) -> dict[str, Any]:
        """The values by the names of their fields, without those that are read-only.

        Raises:
            Invalid: the value of one field is wrong.
            InvalidFields: the values of several fields are wrong.
        """
        values: dict[str, Any] = {}
        errors: list[Invalid] = []
        for field in form.fields():
            if field.read_only:
                continue
            try:
                values[field.name] = self._value(field, sent)
            except Invalid as error:
                errors.append(error)
        raise_if_invalid(errors)
        return values

    def _value(self, field: FormField, sent: SubmittedForm) -> Any:
        value = self._read(field, sent)
        is_kept = isinstance(field, SecretField) and field.is_set
        # Zero is a number, and no money is an amount.
        is_empty = value is None or (not value and not isinstance(value, int | Decimal | Money))
        if field.required and not is_kept and (is_empty or value is False):
            place = f"{field.name}-{LANGUAGES[0]}" if isinstance(value, Text) else field.name
            raise Invalid(place, MISSING)
        return value

    def _read(self, field: FormField, sent: SubmittedForm) -> Any:
        if isinstance(field, RichTextField):
            return self.sanitise(_lines(field, sent))
        if isinstance(field, AmountField):
            return _amount(field, sent, self.currency)
        return READ[type(field)](field, sent)


def _text(field: TextField, sent: SubmittedForm) -> str:
    return _line(field.name, sent, field.most)


def _translated(field: TranslatedField, sent: SubmittedForm) -> Text:
    return Text({each: _line(f"{field.name}-{each}", sent, field.most) for each in LANGUAGES})


def _line(name: str, sent: SubmittedForm, most: int) -> str:
    text = sent.text(name)
    check_length(name, text, most)
    if not is_one_line(text):
        raise Invalid(name, "Write this in one line, without control characters.")
    return text


def _lines(field: LongTextField | RichTextField, sent: SubmittedForm) -> str:
    text = sent.text(field.name)
    check_length(field.name, text, field.most)
    return text


def _secret(field: SecretField, sent: SubmittedForm) -> str:
    """Exactly as it was typed."""
    secret = sent.password(field.name) or sent.whole(field.name)
    check_length(field.name, secret, field.most)
    return secret


def _number(field: NumberField, sent: SubmittedForm) -> int | Decimal | None:
    name, text = field.name, sent.text(field.name)
    if not text:
        return None
    minor = minor_units_in(text, field.decimals)
    if minor is None and field.decimals:
        raise Invalid(
            name,
            "“{value}” is not a number with at most {decimals} decimals.",
            value=text[:SHOWN],
            decimals=field.decimals,
        )
    if minor is None:
        raise Invalid(name, "“{value}” is not a whole number.", value=text[:SHOWN])
    number = Decimal(minor).scaleb(-field.decimals)
    if not field.least <= number <= field.most:
        raise Invalid(
            name, "Enter a number from {least} to {most}.", least=field.least, most=field.most
        )
    return number if field.decimals else int(number)


def _amount(field: AmountField, sent: SubmittedForm, currency: str) -> Money | None:
    name, text = field.name, sent.text(field.name)
    if not text:
        return None
    try:
        amount = Money.parse(text, field.currency or currency)
    except Invalid as error:
        raise Invalid(name, "“{value}” is not an amount of money.", value=text[:SHOWN]) from error
    if field.least is not None and amount < field.least:
        raise Invalid(name, "Enter at least {least}.", least=field.least)
    if field.most is not None and field.most < amount:
        raise Invalid(name, "Enter at most {most}.", most=field.most)
    return amount


def _choice(field: ChoiceField, sent: SubmittedForm) -> str:
    value = sent.text(field.name)
    if value and value not in {each.value for each in field.choices}:
        raise Invalid(field.name, "Choose one of the listed values.")
    return value


def _choices(field: ChoicesField, sent: SubmittedForm) -> tuple[str, ...]:
    """One tick a choice: ``NAME-VALUE``."""
    return tuple(
        each.value for each in field.choices if sent.text(f"{field.name}-{each.value}") == "1"
    )


def _yes_no(field: YesNoField, sent: SubmittedForm) -> bool:
    return sent.text(field.name) == "1"


def _date(field: DateField, sent: SubmittedForm) -> date | None:
    text = sent.text(field.name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(field.name, "Enter a date such as 2026-11-24.") from None


def _moment(field: MomentField, sent: SubmittedForm) -> datetime | None:
    return moment_of(sent, field.name)


def _file(field: FileField, sent: SubmittedForm) -> bytes | None:
    content = sent.file(field.name)
    if content is not None and len(content) > field.most_bytes:
        raise Invalid(field.name, "Send a file of at most {most} bytes.", most=field.most_bytes)
    return content


def _reference(field: ReferenceField, sent: SubmittedForm) -> str:
    return _line(field.name, sent, MAX_REFERENCE)


READ: Mapping[type[FormField], Callable[..., Any]] = {
    TextField: _text,
    TranslatedField: _translated,
    LongTextField: _lines,
    FileField: _file,
    SecretField: _secret,
    NumberField: _number,
    ChoiceField: _choice,
    ChoicesField: _choices,
    YesNoField: _yes_no,
    DateField: _date,
    MomentField: _moment,
    ReferenceField: _reference,
}
