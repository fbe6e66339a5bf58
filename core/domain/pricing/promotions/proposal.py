"""What a promotion would do: its parts by row, and what it adds and grants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Protocol

from core.domain.pricing.arithmetic.splitting import split_within
from core.domain.pricing.calculation.worksheet import Part, Worksheet
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.quote import Addition, Grant
from core.domain.pricing.reasons import Reason
from core.domain.pricing.request import RequestLine

NONE: frozenset[int] = frozenset()
NO_UNITS: Mapping[int, frozenset[int]] = MappingProxyType({})


@dataclass(slots=True, kw_only=True)
class Proposal:
    """``reason`` says why there is nothing. ``next_step`` says what more would bring.

    ``used`` has the numbers of the units, by row, that no later set of the lane can use. The
    lines ``added`` are free of charge.
    """

    parts: dict[int, Part] = field(default_factory=dict)
    used: Mapping[int, frozenset[int]] = field(default_factory=lambda: NO_UNITS)
    added: tuple[RequestLine, ...] = ()
    offered: tuple[Addition, ...] = ()
    grants: "tuple[Granting, ...]" = ()
    reason: Reason | None = None
    next_step: Reason | None = None

    @property
    def applies(self) -> bool:
        return bool(self.parts or self.added or self.grants)

    @property
    def total(self) -> int:
        """What the promotion costs in minor units."""
        added = sum(line.list_price * line.quantity for line in self.added)
        return sum(part.amount for part in self.parts.values()) + added

    def units_of(self, sheet: Worksheet) -> int:
        """How many units are reduced or added."""
        reduced = (
            sheet.quantities[row] if part.units is None else sum(map(bool, part.units))
            for row, part in self.parts.items()
        )
        return sum(reduced) + sum(line.quantity for line in self.added)

    def add(self, scope: Scope, other: "Proposal") -> None:
        """Add what another benefit of the same promotion proposes at the same prices."""
        now = scope.sheet.now.units
        for row, part in other.parts.items():
            mine = self.parts.get(row)
            self.parts[row] = part if mine is None else _both(mine, part, now[row])
        both = {row: self.used.get(row, NONE) | units for row, units in other.used.items()}
        self.used = {**self.used, **both}
        self.added += other.added
        self.offered += other.offered
        self.grants += other.grants
        self.reason = self.reason or other.reason
        self.next_step = self.next_step or other.next_step

    def limit(self, scope: Scope, most: int | None) -> None:
        """Cut the parts to what their rows can bear, and their sum to ``most``."""
        sheet = scope.sheet
        parts = {row: part.limited(sheet.capacities[row]) for row, part in self.parts.items()}
        if most is not None and sum(part.amount for part in parts.values()) > most:
            amounts = [part.amount for part in parts.values()]
            shares = split_within(most, amounts, amounts)
            parts = {
                row: part.limited(share)
                for (row, part), share in zip(parts.items(), shares, strict=True)
            }
        self.parts = {row: part for row, part in parts.items() if part.amount}


class Granting(Protocol):
    """A benefit that gives something when the order is complete."""

    def granted(self, scope: Scope, /) -> Grant | None: ...


class Benefit(Protocol):
    """``is_joint``: what a line gets depends on the other lines."""

    kind: ClassVar[str]

    def is_joint(self, sheet: Worksheet, /) -> bool: ...

    def propose(self, scope: Scope, /) -> Proposal: ...


def _both(mine: Part, other: Part, prices: Sequence[int]) -> Part:
    """The sum of two parts; no unit goes below zero."""
    if mine.units is None or other.units is None:
        return Part(mine.amount + other.amount)
    off = zip(mine.units, other.units, prices, strict=True)
    units = tuple(min(one + two, price) for one, two, price in off)
    return Part(sum(units), units)
