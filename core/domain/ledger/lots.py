"""Lots: parts of a balance with a source and an expiry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

from core.domain.ledger.accounts import LedgerAccountId

LotId = NewType("LotId", UUID)

VALID_AGAIN = timedelta(days=30)
"""How long units are valid that come back after their lot has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """``remaining`` units are neither spent nor held. A lot without ``expires_at`` never ends."""

    id: LotId
    account_id: LedgerAccountId
    source: str
    remaining: int
    expires_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class LotPart:
    lot: Lot
    units: int


def spend(lots: Sequence[Lot], units: int) -> tuple[LotPart, ...]:
    """Take units from ``lots`` in their order, which is by expiry. All they have, if it is less."""
    parts: list[LotPart] = []
    for lot in lots:
        part = min(lot.remaining, units - sum(each.units for each in parts))
        if part:
            parts.append(LotPart(lot, part))
    return tuple(parts)


def put_back(spent: Sequence[LotPart], units: int) -> tuple[LotPart, ...]:
    """Return units to the lots that they came from. What was spent last comes back first."""
    parts: list[LotPart] = []
    for each in reversed(spent):
        part = min(each.units, units - sum(other.units for other in parts))
        if part:
            parts.append(LotPart(each.lot, part))
    return tuple(parts)


def free_units(available: int, received: int) -> int:
    """The part of ``received`` units that does not fill a debt.

    ``available`` is the balance after they were received.

    >>> free_units(130, 100), free_units(70, 100), free_units(-30, 100)
    (100, 70, 0)
    """
    return max(0, min(available, received))
