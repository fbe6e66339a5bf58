"""The kinds of fields: which values they take, and how these are written as text.

Each kind has one text for each value, so that a form and a file give back the value that they were
given. ``read`` and ``check`` raise `Invalid` at the name that they get.
"""

from core.domain.fields.choices import Choice, YesNo
from core.domain.fields.numbers import DecimalNumber, WholeNumber
from core.domain.fields.texts import LongText, ShortText
from core.domain.fields.times import Day, Moment

FieldKind = ShortText | LongText | WholeNumber | DecimalNumber | YesNo | Choice | Day | Moment
KINDS: tuple[type[FieldKind], ...] = (
    ShortText,
    LongText,
    WholeNumber,
    DecimalNumber,
    YesNo,
    Choice,
    Day,
    Moment,
)
