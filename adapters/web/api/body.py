"""The base class of request bodies, and field types that several bodies use."""

from typing import Annotated

import msgspec


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rejects unknown fields. Subclasses repeat ``frozen`` and ``kw_only``: msgspec needs it."""


SkuText = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
MinorUnits = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Units = Annotated[int, msgspec.Meta(ge=1, le=999)]


class MoneyBody(Body, frozen=True, kw_only=True):
    """Minor units of an ISO 4217 currency."""

    minor: int
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
