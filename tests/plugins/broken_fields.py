"""Fields with one fault each, and the case of the conformance kit that finds it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from core.domain.text import Text
from entrepot.fields import (
    Category,
    Choice,
    Field,
    FieldEditor,
    FieldOwner,
    NotPersonal,
    OnErase,
    Pii,
    ShortText,
    WholeNumber,
)

PLUGIN = "crafts"
STAFF = frozenset({FieldEditor.STAFF})
NOTE = Pii(category=Category.FREE_TEXT, purpose="order", on_erase=OnErase.CLEAR)
GLAZE = Field(
    owner=FieldOwner.PRODUCT,
    name="crafts.glaze",
    label=Text({"zh": "釉色", "en": "Glaze"}),
    kind=Choice(
        {
            "celadon": Text({"zh": "青瓷", "en": "Celadon"}),
            "tenmoku": Text({"zh": "天目", "en": "Tenmoku"}),
        }
    ),
    personal=NotPersonal("describes goods"),
    edited_by=STAFF,
    default="celadon",
    filterable=True,
)
HEAT = replace(
    GLAZE,
    name="crafts.heat",
    kind=WholeNumber(0, 1500, Text({"zh": "度", "en": "°C"})),
    default=None,
)
CARD = Field(
    owner=FieldOwner.ORDER,
    name="crafts.card",
    label=Text({"zh": "贺卡", "en": "Card"}),
    kind=ShortText(),
    personal=NOTE,
    edited_by=frozenset({FieldEditor.CUSTOMER}),
    asked_at_checkout=True,
)
WORKING = (GLAZE, HEAT, CARD)
numbers = count()


class MarkedUp(Text):
    """A label that is markup."""


class OddKind(ShortText):
    """A kind that could run any code in the shop."""


def altered(field: Field, **changes: Any) -> Field:
    """A copy with changes that its constructor would refuse."""
    copy = replace(field)
    for name, value in changes.items():
        object.__setattr__(copy, name, value)
    return copy


Declare = Callable[[], Sequence[Field]]
ACCEPTS = "test_the_shop_accepts_every_field"

BROKEN_FIELDS: dict[str, tuple[Declare, str]] = {
    "NoField": (lambda: (), ACCEPTS),
    "NameOfAnotherPlugin": (lambda: (replace(GLAZE, name="other.glaze"),), ACCEPTS),
    "UnknownPurpose": (lambda: (replace(CARD, personal=replace(NOTE, purpose="fun")),), ACCEPTS),
    "PersonalProduct": (lambda: (altered(GLAZE, personal=NOTE),), ACCEPTS),
    "SubclassOfAKind": (lambda: (replace(CARD, kind=OddKind()),), ACCEPTS),
    "SubclassOfText": (lambda: (altered(GLAZE, label=MarkedUp({"en": "<b>"})),), ACCEPTS),
    "WrongDefault": (lambda: (altered(GLAZE, default="oxblood"),), ACCEPTS),
    "TextAsOwner": (lambda: (altered(GLAZE, owner="product"),), ACCEPTS),
    "NumberAsFlag": (lambda: (altered(GLAZE, filterable=1),), ACCEPTS),
    "OneNameTwice": (lambda: (GLAZE, replace(HEAT, name=GLAZE.name)), "test_names_are_unique"),
    "OneLanguage": (
        lambda: (replace(GLAZE, label=Text({"en": "Glaze"})),),
        "test_every_text_is_in_every_language",
    ),
    "OneTextForTwoChoices": (
        lambda: (replace(GLAZE, kind=Choice(dict.fromkeys(("celadon", "b"), GLAZE.label))),),
        "test_a_choice_has_a_text_of_its_own",
    ),
    "DefaultThatNoFormKeeps": (
        lambda: (altered(HEAT, default="7"),),
        "test_a_default_survives_a_form",
    ),
    "AnotherNameEachTime": (
        lambda: (replace(GLAZE, name=f"crafts.glaze_{next(numbers)}"),),
        "test_the_same_fields_are_declared_each_time",
    ),
}
