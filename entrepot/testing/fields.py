"""The conformance kit for the fields of a plugin."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from adapters.plugins.answers.fields import describe_field
from adapters.policies.documents import load_policy
from core.domain.text import LANGUAGES, Text
from entrepot.fields import Choice, DecimalNumber, Field, WholeNumber
from entrepot.plugin_fields import check_fields

JURISDICTIONS = ("cn", "eu")

DeclareFields = Callable[[], Sequence[Field]]


class FieldsSuite:
    """Override the fixtures. ``plugin`` is the name of the plugin.

    ``declare`` returns the fields that the hook ``entrepot_fields`` returns. They are checked as
    the shop checks them: a plugin that fails here is refused there.
    """

    @pytest.fixture
    def plugin(self) -> str:
        raise NotImplementedError("Override the fixture `plugin`.")

    @pytest.fixture
    def declare(self) -> DeclareFields:
        raise NotImplementedError("Override the fixture `declare`.")

    def test_the_shop_accepts_every_field(self, plugin: str, declare: DeclareFields) -> None:
        described = [describe_field(each) for each in declare()]
        assert described, "the plugin declares no field"
        check_fields(plugin, described, load_policy(JURISDICTIONS).purposes)

    def test_names_are_unique(self, declare: DeclareFields) -> None:
        names = [each.name for each in declare()]
        assert sorted(names) == sorted(set(names))

    def test_every_text_is_in_every_language(self, declare: DeclareFields) -> None:
        missing = [
            f"{each.name}: {what} in {language}"
            for each in declare()
            for what, text in texts_of(each)
            for language in LANGUAGES
            if not text.by_language.get(language, "").strip()
        ]
        assert missing == []

    def test_a_choice_has_a_text_of_its_own(self, declare: DeclareFields) -> None:
        """Two values with one text cannot be told apart in a form."""
        for each in declare():
            if isinstance(each.kind, Choice):
                for language in LANGUAGES:
                    shown = [text.in_language(language) for text in each.kind.values.values()]
                    assert len(set(shown)) == len(shown), each.name

    def test_a_default_survives_a_form(self, declare: DeclareFields) -> None:
        for each in declare():
            if each.default is not None:
                text = each.kind.write(each.default)
                assert each.kind.read(each.name, text) == each.default, each.name

    def test_the_same_fields_are_declared_each_time(self, declare: DeclareFields) -> None:
        """A field with another name or owner loses the values that were given to it."""
        assert [(each.name, each.owner, each.kind.code) for each in declare()] == [
            (each.name, each.owner, each.kind.code) for each in declare()
        ]


def texts_of(field: Field) -> Iterator[tuple[str, Text]]:
    """Each text of a field that people see. An empty help or unit is none."""
    yield "label", field.label
    if field.help:
        yield "help", field.help
    if isinstance(field.kind, WholeNumber | DecimalNumber) and field.kind.unit:
        yield "unit", field.kind.unit
    if isinstance(field.kind, Choice):
        for code, text in field.kind.values.items():
            yield f"the choice {code}", text
