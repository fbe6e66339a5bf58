"""The public API for plugins that add fields to products, variants, customers and orders.

A field has an owner, a kind and a label. `Pii` and `NotPersonal` classify its values; they are
those of `entrepot.privacy`. Importing it loads only the standard library.
"""

from core.domain.fields.checks import FieldValue
from core.domain.fields.choices import Choice, YesNo
from core.domain.fields.field import Field, FieldEditor, FieldOwner, WrongField
from core.domain.fields.numbers import DecimalNumber, WholeNumber
from core.domain.fields.texts import LongText, ShortText
from core.domain.fields.times import Day, Moment
from core.domain.privacy.inventory import Category, NotPersonal, OnErase, Pii

__all__ = [
    "Category",
    "Choice",
    "Day",
    "DecimalNumber",
    "Field",
    "FieldEditor",
    "FieldOwner",
    "FieldValue",
    "LongText",
    "Moment",
    "NotPersonal",
    "OnErase",
    "Pii",
    "ShortText",
    "WholeNumber",
    "WrongField",
    "YesNo",
]
