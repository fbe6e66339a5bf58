"""The typed values of a form as the texts of its inputs."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adapters.web.admin.form_values import local_text
from core.domain.money import Money
from core.domain.text import LANGUAGES, Text
from ports.admin.forms import ChoicesField, FileField, Form, FormField, SecretField, TranslatedField


def texts_of(form: Form, values: Mapping[str, Any]) -> dict[str, str]:
    """What the inputs show for these values. Secrets and files are never shown.

    A field without a value is empty.
    """
    return {
        name: text
        for field in form.fields()
        for name, text in _texts(field, values.get(field.name))
    }


def changed_meanwhile(
    form: Form, saved: Mapping[str, str], sent: Mapping[str, str]
) -> dict[str, str]:
    """The inputs whose saved text is not the one that was sent, with the saved text."""
    names = {name for field in form.fields() for name, _ in _texts(field, None)}
    return {
        name: saved.get(name, "")
        for name in sorted(names)
        if saved.get(name, "") != sent.get(name, "")
    }


def _texts(field: FormField, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(field, SecretField | FileField):
        return
    if isinstance(field, TranslatedField):
        words = value if isinstance(value, Text) else Text({})
        yield from ((f"{field.name}-{each}", words.by_language.get(each, "")) for each in LANGUAGES)
    elif isinstance(field, ChoicesField):
        for each in field.choices:
            yield f"{field.name}-{each.value}", "1" if each.value in (value or ()) else ""
    else:
        yield field.name, _text(value)


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, Money):
        return str(value.decimal)
    if isinstance(value, datetime):
        return local_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
