"""Values of fields as people see them: now, and frozen in an order."""

from dataclasses import dataclass

from core.domain.fields.checks import FieldValue
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """``value`` is for programs; ``label`` and ``text`` are for people, in one language."""

    label: str
    value: FieldValue
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenField:
    """A value of an order with its label and its text, as at the time when it was written.

    ``kind`` is the code of the kind. ``shown``: the buyer sees it, too.
    """

    name: str
    label: Text
    kind: str
    value: FieldValue
    text: Text
    is_personal: bool
    shown: bool

    def view(self, language: str) -> FieldView:
        return FieldView(
            label=self.label.in_language(language),
            value=self.value,
            text=self.text.in_language(language),
        )
