"""A form of the back office as data: sections of typed fields.

Each kind of field says which Python value a correct submission has. The web adapter renders the
form and parses what was sent; see `adapters.web.admin.form_values`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from core.domain.money import Money
from core.domain.text import Text

MAX_LINE = 200
MAX_LINES = 20_000
MAX_RICH_TEXT = 100_000
MAX_INTEGER = 10**9
MAX_BYTES = 3_000_000
NO_TEXT = Text({})
SAVE = Text({"zh": "保存", "en": "Save"})


class Reference(StrEnum):
    """What a `ReferenceField` names."""

    PRODUCT = "product"
    SKU = "sku"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Choice:
    """``value`` is stored, ``label`` is read. A value has 1 to 120 characters."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """``name`` is unique in the form: a lower-case letter, then letters, digits, ``_`` or ``-``.

    The page shows a field that is ``read_only``; its value is not among those that were sent.
    """

    kind: ClassVar[str] = ""
    name: str
    label: Text
    help: Text = NO_TEXT
    required: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(FormField):
    """One line. Its value is a `str`, empty if nothing was written."""

    kind: ClassVar[str] = "text"
    most: int = MAX_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedField(FormField):
    """One line in each language of the shop. Its value is a `Text`. Required: in one language."""

    kind: ClassVar[str] = "translated"
    most: int = MAX_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTextField(FormField):
    """Several lines. Its value is a `str` with LF line ends."""

    kind: ClassVar[str] = "long_text"
    most: int = MAX_LINES
    rows: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RichTextField(FormField):
    """HTML with a few elements. Its value is a `str`: sanitised HTML."""

    kind: ClassVar[str] = "rich_text"
    most: int = MAX_RICH_TEXT
    rows: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(FormField):
    """Its value is an `int`, or None. With ``decimals`` it is a `Decimal` of at most so many."""

    kind: ClassVar[str] = "number"
    least: int | Decimal = 0
    most: int | Decimal = MAX_INTEGER
    decimals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountField(FormField):
    """An amount in major units. Its value is a `Money`, or None.

    ``currency`` is an ISO 4217 code; empty for the currency of the shop.
    """

    kind: ClassVar[str] = "amount"
    currency: str = ""
    least: Money | None = None
    most: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(FormField):
    """One of the choices. Its value is a `str`, empty if none was chosen.

    A field that is not required can be left empty; ``none`` is the label of that.
    """

    kind: ClassVar[str] = "choice"
    choices: tuple[Choice, ...]
    none: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesField(FormField):
    """Any of the choices. Its value is a tuple of `str`, in the order of the choices."""

    kind: ClassVar[str] = "choices"
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNoField(FormField):
    """A tick. Its value is a `bool`. Required: it must be ticked."""

    kind: ClassVar[str] = "yes_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateField(FormField):
    """Its value is a `date`, or None."""

    kind: ClassVar[str] = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentField(FormField):
    """Its value is a `datetime` with a time zone, or None. Staff write the time of China."""

    kind: ClassVar[str] = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileField(FormField):
    """Its value is the content as `bytes`, or None. ``accept`` are endings such as ``.csv``.

    ``most_bytes`` is at most 3 MB.
    """

    kind: ClassVar[str] = "file"
    accept: tuple[str, ...] = ()
    most_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretField(FormField):
    """Write-only: the page never shows it. Its value is a `str`; empty means “as it was”.

    ``is_set`` says that there is a value already: then the field can be left empty.
    """

    kind: ClassVar[str] = "secret"
    most: int = MAX_LINE
    is_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceField(FormField):
    """A product, SKU or category of the shop, found by text.

    Its value is a `str`: the handle, the SKU or the slug; empty if nothing was written.
    """

    kind: ClassVar[str] = "reference"
    to: Reference


FIELD_TYPES: tuple[type[FormField], ...] = (
    TextField,
    TranslatedField,
    LongTextField,
    RichTextField,
    NumberField,
    AmountField,
    ChoiceField,
    ChoicesField,
    YesNoField,
    DateField,
    MomentField,
    FileField,
    SecretField,
    ReferenceField,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that belong together. Without a ``title`` they stand alone."""

    fields: tuple[FormField, ...]
    title: Text = NO_TEXT
    help: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``submit`` is the label of the button."""

    sections: tuple[Section, ...]
    submit: Text = SAVE

    def fields(self) -> Iterator[FormField]:
        for section in self.sections:
            yield from section.fields

    @property
    def has_files(self) -> bool:
        return any(isinstance(field, FileField) for field in self.fields())
