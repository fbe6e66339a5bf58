"""Which units of the goods a benefit reduces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from core.domain.pricing.arithmetic.splitting import split_within
from core.domain.pricing.calculation.worksheet import Part
from core.domain.pricing.promotions.arguments import ArgumentType, argument, check_counts
from core.domain.pricing.promotions.benefits.calculation import Terms
from core.domain.pricing.promotions.benefits.cuts import Cut
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.settings import Per, PriceBase


class UnitOrder(StrEnum):
    """The order in which units are taken. Ties go to the earlier line."""

    LISTED = "listed"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


class Unit(NamedTuple):
    """One unit of a row, at the price that the benefit looks at."""

    price: int
    row: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChoice:
    """Skip some units, then take ``most`` of them; 0 takes all that are left.

    With ``per_line``, units are skipped and taken in each line, and not over all lines.
    """

    order: UnitOrder = field(
        default=UnitOrder.LISTED,
        metadata=argument("Order of the units", ArgumentType.CHOICE, UnitOrder),
    )
    skip: int = field(default=0, metadata=argument("Skip units", ArgumentType.NUMBER))
    most: int = field(default=0, metadata=argument("Most units", ArgumentType.NUMBER))
    per_line: bool = field(default=False, metadata=argument("In each line", ArgumentType.FLAG))

    def __post_init__(self) -> None:
        check_counts(self)

    @property
    def takes_all(self) -> bool:
        return not self.skip and not self.most

    def choose(self, scope: Scope, rows: Sequence[int], base: PriceBase) -> list[Unit]:
        units = ordered(scope, rows, base, self.order)
        chosen: list[Unit] = []
        for group in by_row(units).values() if self.per_line else [units]:
            end = self.skip + self.most if self.most else len(group)
            chosen += group[self.skip : end]
        return chosen[: scope.most_units]


ALL_UNITS = UnitChoice()


def ordered(scope: Scope, rows: Sequence[int], base: PriceBase, order: UnitOrder) -> list[Unit]:
    prices = scope.sheet.prices[base].units
    units = [Unit(price, row, number) for row in rows for number, price in enumerate(prices[row])]
    if order is not UnitOrder.LISTED:
        sign = 1 if order is UnitOrder.CHEAPEST else -1
        units.sort(key=lambda unit: sign * unit.price)
    return units


def by_row(units: Iterable[Unit]) -> dict[int, list[Unit]]:
    rows: dict[int, list[Unit]] = {}
    for unit in units:
        rows.setdefault(unit.row, []).append(unit)
    return rows


def parts_of_units(
    scope: Scope, units: Sequence[Unit], cut: Cut, per: Per, terms: Terms
) -> dict[int, Part]:
    """The parts of chosen units: calculated for each unit, each line, or all together."""
    rows = by_row(units)
    if per is Per.UNIT:
        parts = {
            row: numbered(scope, row, {unit.number: cut.of(row, unit.price) for unit in chosen})
            for row, chosen in rows.items()
        }
    else:
        weights = [sum(unit.price for unit in chosen) for chosen in rows.values()]
        discounts: Sequence[int] = list(map(cut.of, rows, weights))
        if per is Per.ALL:
            limits = [_limit(scope, row, chosen) for row, chosen in rows.items()]
            discounts = cut.shared(list(rows), weights, limits, terms.split)
        parts = {
            row: _within_row(scope, row, chosen, discount)
            for (row, chosen), discount in zip(rows.items(), discounts, strict=True)
        }
    return {row: part for row, part in parts.items() if part.amount > 0}


def numbered(scope: Scope, row: int, discounts: dict[int, int]) -> Part:
    """The part of a row from the discounts by the number of the unit."""
    units = [
        min(discounts.get(number, 0), price)
        for number, price in enumerate(scope.sheet.now.units[row])
    ]
    return Part(sum(units), tuple(units)).limited(scope.sheet.capacities[row])


def _limit(scope: Scope, row: int, chosen: Sequence[Unit]) -> int:
    now = scope.sheet.now.units[row]
    return min(sum(now[unit.number] for unit in chosen), scope.sheet.capacities[row])


def _within_row(scope: Scope, row: int, chosen: Sequence[Unit], discount: int) -> Part:
    now = scope.sheet.now.units[row]
    limits = [now[unit.number] for unit in chosen]
    shares = split_within(discount, [unit.price for unit in chosen], limits)
    numbers = [unit.number for unit in chosen]
    return numbered(scope, row, dict(zip(numbers, shares, strict=True)))
