"""Forms as data: what is sent becomes typed values, or errors at the fields."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.security.richtext import sanitise
from adapters.web.admin.form_texts import changed_meanwhile, texts_of
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.forms import SubmittedForm
from adapters.web.pages import Pages
from core.domain.errors import Invalid, InvalidFields
from core.domain.money import Money
from core.domain.text import Text
from ports.admin.forms import (
    FIELD_TYPES,
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

LABEL = Text({"zh": "字段", "en": "Field"})
CHOICES = (Choice("a", Text({"en": "A"})), Choice("b", Text({"en": "B"})))
FIELDS: tuple[FormField, ...] = (
    TextField(name="line", label=LABEL, most=5),
    TranslatedField(name="label", label=LABEL, most=5),
    LongTextField(name="lines", label=LABEL, most=9),
    RichTextField(name="html", label=LABEL),
    NumberField(name="units", label=LABEL, least=1, most=9),
    NumberField(name="rate", label=LABEL, decimals=2, most=1),
    AmountField(name="price", label=LABEL, least=Money(1, "CNY"), most=Money(900, "CNY")),
    ChoiceField(name="one", label=LABEL, choices=CHOICES),
    ChoicesField(name="some", label=LABEL, choices=CHOICES),
    YesNoField(name="yes", label=LABEL),
    DateField(name="day", label=LABEL),
    MomentField(name="at", label=LABEL),
    FileField(name="file", label=LABEL, most_bytes=3),
    SecretField(name="key", label=LABEL),
    ReferenceField(name="sku", label=LABEL, to=Reference.SKU),
)
FORM = Form(sections=(Section(fields=FIELDS),))
SENT = {
    "line": " <b> ",
    "label-zh": "茶",
    "label-en": "Tea",
    "lines": "a\nb",
    "html": "<p>Fine</p>",
    "units": "9",
    "rate": "0.5",
    "price": "1,5",
    "one": "b",
    "some-a": "1",
    "some-b": "1",
    "yes": "1",
    "day": "2026-11-24",
    "at": "2026-11-24T08:00:00",
    "key": " secret ",
    "sku": "CUP",
}
VALUES = {
    "line": "<b>",
    "label": Text({"zh": "茶", "en": "Tea"}),
    "lines": "a\nb",
    "html": "<p>Fine</p>",
    "units": 9,
    "rate": Decimal("0.5"),
    "price": Money(150, "CNY"),
    "one": "b",
    "some": ("a", "b"),
    "yes": True,
    "day": date(2026, 11, 24),
    "at": datetime(2026, 11, 24, tzinfo=UTC),
    "file": b"abc",
    "key": " secret ",
    "sku": "CUP",
}
read = ReadForm("CNY", sanitise)


def rendered(values: dict[str, str], form: Form = FORM, **variables: Any) -> str:
    environment = Pages("http://shop.test", lambda: "key")._environments["en"]
    template = environment.from_string(
        '{% from "components/data_forms.html" import data_form %}'
        '{{ data_form(form, "/x", values, problem, saved) }}'
    )
    return template.render(
        {"form": form, "values": values, "problem": None, "saved": {}, **variables}
    )


def test_every_kind_of_field_is_read_and_shown_again() -> None:
    assert {type(field) for field in FIELDS} == set(FIELD_TYPES)
    assert read(FORM, SubmittedForm(SENT, files={"file": b"abc"})) == VALUES
    shown = texts_of(FORM, VALUES)
    assert shown == {name: text.strip() for name, text in SENT.items() if name != "key"} | {
        "rate": "0.5",
        "price": "1.50",
    }
    page = rendered(shown)
    for field in FIELDS:
        assert f'name="{field.name}' in page
    assert "<b>" not in page
    assert 'value="&lt;b&gt;"' in page


def test_empty_fields_have_empty_values() -> None:
    values = read(FORM, SubmittedForm({}))
    assert [name for name, value in values.items() if value] == []
    assert (values["units"], values["price"], values["one"], values["some"]) == (None, None, "", ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("line", "longer"),
        ("line", "a\u202eb"),
        ("label-en", "longer"),
        ("lines", "0123456789"),
        ("units", "0"),
        ("units", "10"),
        ("units", "1.5"),
        ("units", "1e1"),
        ("units", "NaN"),
        ("rate", "0.123"),
        ("rate", "2"),
        ("price", "0"),
        ("price", "9.01"),
        ("price", "x"),
        ("one", "c"),
        ("day", "soon"),
        ("at", "soon"),
        ("key", "x" * 201),
    ],
)
def test_a_wrong_value_is_an_error_at_its_field(name: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(FORM, SubmittedForm({**SENT, name: text}))
    assert refused.value.field == name


def test_all_errors_are_found_together() -> None:
    with pytest.raises(InvalidFields) as refused:
        read(FORM, SubmittedForm({"units": "x", "price": "y"}, files={"file": b"abcd"}))
    assert [each.field for each in refused.value.fields] == ["units", "price", "file"]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind)
def test_a_required_field_must_be_filled_in(field: FormField) -> None:
    required = replace(field, required=True)
    form = Form(sections=(Section(fields=(required,)),))
    with pytest.raises(Invalid, match="required"):
        read(form, SubmittedForm({}))
    assert read(form, SubmittedForm(SENT, files={"file": b"abc"})) == {
        field.name: VALUES[field.name]
    }


def test_a_secret_is_never_shown_and_can_be_kept() -> None:
    secret = SecretField(name="key", label=LABEL, required=True, is_set=True)
    form = Form(sections=(Section(fields=(secret,)),))
    assert read(form, SubmittedForm({})) == {"key": ""}
    page = rendered({"key": "hunter2"}, form)
    assert 'type="password"' in page
    assert "hunter2" not in page


def test_a_field_that_is_read_only_is_not_read() -> None:
    fixed = TextField(name="line", label=LABEL, read_only=True)
    form = Form(sections=(Section(fields=(fixed,)),))
    assert read(form, SubmittedForm({"line": "changed"})) == {}
    assert "disabled" in rendered({"line": "fixed"}, form)


def test_what_another_person_saved_stands_at_the_field() -> None:
    saved = changed_meanwhile(FORM, {**SENT, "line": "<i>", "yes": ""}, SENT)
    assert saved == {"line": "<i>", "yes": ""}
    page = rendered(SENT, saved=saved)
    assert "Saved meanwhile: &lt;i&gt;" in page
    assert page.count("Saved meanwhile") == 2
