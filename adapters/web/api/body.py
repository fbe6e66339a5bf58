"""The base class of request bodies, and field types that several bodies use."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from core.domain.identifiers import LineKey
from core.domain.text import Text


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rejects unknown fields. Subclasses repeat ``frozen`` and ``kw_only``: msgspec needs it."""


SkuText = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
MinorUnits = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
SignedMinorUnits = Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
Units = Annotated[int, msgspec.Meta(ge=1, le=999)]
Quantity = Annotated[int, msgspec.Meta(ge=-(10**9), le=10**9)]
"""Any number of units; the domain says which ones are in range."""
Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


Translation = Annotated[str, msgspec.Meta(max_length=50_000)]


class MoneyBody(Body, frozen=True, kw_only=True):
    """Minor units of an ISO 4217 currency."""

    minor: MinorUnits
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class LineUnitsBody(Body, frozen=True, kw_only=True):
    """``line`` is the ``key`` of a line of the order."""

    line: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    quantity: Units


LinesBody = Annotated[tuple[LineUnitsBody, ...], msgspec.Meta(max_length=500)]


def units_by_line(lines: Sequence[LineUnitsBody]) -> Mapping[LineKey, int]:
    """A line that is there twice has the sum of its units."""
    units = Counter[LineKey]()
    for each in lines:
        units[LineKey(each.line)] += each.quantity
    return units


FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
FieldText = Annotated[str, msgspec.Meta(max_length=20_000)]
FieldNumber = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
FieldsBody = Annotated[
    dict[FieldName, FieldText | FieldNumber | bool | None], msgspec.Meta(max_length=200)
]
"""Values of fields of plugins by name; null removes a value, and a missing name keeps it."""


class Texts(Body, frozen=True, kw_only=True):
    """A text by language."""

    zh: Translation | msgspec.UnsetType = msgspec.UNSET
    en: Translation | msgspec.UnsetType = msgspec.UNSET

    def text(self) -> Text:
        given = {language: getattr(self, language) for language in self.__struct_fields__}
        return Text({name: each for name, each in given.items() if each is not msgspec.UNSET})
