"""Sets: units that are reduced together, and that each count for one set alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar, NamedTuple

from core.domain.errors import Invalid
from core.domain.pricing.calculation.worksheet import Worksheet
from core.domain.pricing.promotions.amounts import NO_AMOUNT, Amounts
from core.domain.pricing.promotions.arguments import ArgumentType, Family, argument, check_counts
from core.domain.pricing.promotions.benefits.calculation import STANDARD, Calculation, Terms
from core.domain.pricing.promotions.benefits.cuts import Cut, cut_of
from core.domain.pricing.promotions.benefits.reductions import PlainReduction
from core.domain.pricing.promotions.benefits.tiers import AmountTiers, QuantityTiers
from core.domain.pricing.promotions.benefits.units import (
    Unit,
    UnitOrder,
    by_row,
    numbered,
    ordered,
)
from core.domain.pricing.promotions.filters import EVERYTHING, Filter
from core.domain.pricing.promotions.proposal import Proposal
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.reasons import Reason
from core.domain.pricing.settings import Per

MOST_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPart:
    """So many units of the goods belong to each set.

    If they keep their price, only units of the other parts are reduced (买A送B).
    """

    units: int = field(metadata=argument("Units", ArgumentType.NUMBER))
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )
    keeps_price: bool = field(
        default=False, metadata=argument("Keeps its price", ArgumentType.FLAG)
    )

    def __post_init__(self) -> None:
        if self.units < 1:
            raise Invalid("units", "A set has at least one unit of each part.")


class UnitSet(NamedTuple):
    """The units of a set, and those of them that can be reduced."""

    members: list[Unit]
    reducible: list[Unit]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDiscount:
    """A reduction of each set: 第二件半价, 买N送M, N元任选, 套餐.

    Sets are made in the order ``filled``: from the dearest units on, unless it says otherwise.
    In each set, ``reduced`` units in the order ``reduces`` get the reduction; 0 reduces the set
    as one. With ``over_all`` as many units of all sets together are reduced, each by itself.
    ``most_sets`` 0 has no limit. With ``per_line`` all units of a set are of one line. The part
    that fewest units can fill is filled first.
    """

    kind: ClassVar[str] = "set"
    parts: tuple[SetPart, ...] = field(
        metadata=argument("Parts of the set", ArgumentType.RECORDS, SetPart)
    )
    reduction: PlainReduction = field(
        metadata=argument("Reduction", ArgumentType.NODE, Family.REDUCTION)
    )
    reduced: int = field(default=0, metadata=argument("Reduced units", ArgumentType.NUMBER))
    reduces: UnitOrder = field(
        default=UnitOrder.CHEAPEST,
        metadata=argument("Reduces first", ArgumentType.CHOICE, UnitOrder),
    )
    filled: UnitOrder = field(
        default=UnitOrder.DEAREST,
        metadata=argument("Sets are filled with", ArgumentType.CHOICE, UnitOrder),
    )
    over_all: bool = field(
        default=False, metadata=argument("Of all sets together", ArgumentType.FLAG)
    )
    most_sets: int = field(default=0, metadata=argument("Most sets", ArgumentType.NUMBER))
    per_line: bool = field(default=False, metadata=argument("Of one line", ArgumentType.FLAG))
    cap: Amounts = field(
        default=NO_AMOUNT, metadata=argument("At most in all", ArgumentType.AMOUNTS)
    )
    calculation: Calculation = field(
        default=STANDARD, metadata=argument("Calculation", ArgumentType.RECORD, Calculation)
    )

    def __post_init__(self) -> None:
        check_counts(self)
        if isinstance(self.reduction, AmountTiers | QuantityTiers):
            raise Invalid("reduction", "A set cannot have tiers.")
        if len(self.parts) > MOST_PARTS:
            raise Invalid("parts", "A set has at most {most} parts.", most=MOST_PARTS)
        most = sum(part.units for part in self.parts if not part.keeps_price)
        if most < max(self.reduced, 1):
            raise Invalid("reduced", "A set has fewer units than it reduces.")

    def is_joint(self, _sheet: Worksheet, /) -> bool:
        return True

    def propose(self, scope: Scope, /) -> Proposal:
        terms = self.calculation.terms(scope.sheet).for_base(self.reduction.base)
        cut = cut_of(scope, self.reduction, terms)
        most = self.cap.get(scope.currency)
        if cut is None or (self.cap and most is None):
            return Proposal(reason=Reason("other_currency"))
        pools = [self._pool(scope, part, terms) for part in self.parts]
        if not any(pools):
            return Proposal(reason=Reason("no_goods"))
        sets, missing = self._sets(pools)
        if not sets:
            return Proposal(reason=Reason("units_missing", {"missing": missing}))
        if scope.most_units is not None:
            sets = sets[: scope.most_units // (self.reduced or len(sets[0].reducible))]
        proposal = self._proposal(scope, self._groups(sets), cut, terms)
        if not proposal.parts:
            return Proposal(reason=Reason("nothing_to_reduce"))
        proposal.limit(scope, most)
        if missing:
            proposal.next_step = Reason("more_units", {"missing": missing})
        return proposal

    def _pool(self, scope: Scope, part: SetPart, terms: Terms) -> list[Unit]:
        """The units that can be in a part of a set, in the order of filling."""
        sheet = scope.sheet
        mask = part.goods.mask(sheet) & scope.open
        if not part.keeps_price:
            mask &= sheet.discountable
        if terms.skips_goods_on_sale:
            mask &= ~sheet.on_sale
        used = sheet.used
        return [
            unit
            for unit in ordered(scope, sheet.rows(mask), terms.base, self.filled)
            if unit.number not in used.get(unit.row, ())
        ]

    def _sets(self, pools: Sequence[Sequence[Unit]]) -> tuple[list[UnitSet], int]:
        """The complete sets, and how many units are missing for one more."""
        if not self.per_line:
            return self._filled(pools)
        sets: list[UnitSet] = []
        missing = []
        rows = [by_row(pool) for pool in pools]
        for row in dict.fromkeys(row for pool in rows for row in pool):
            more, lacking = self._filled([pool.get(row, []) for pool in rows])
            sets += more
            missing.append(lacking)
        return sets[: self.most_sets or None], min(missing)

    def _filled(self, pools: Sequence[Sequence[Unit]]) -> tuple[list[UnitSet], int]:
        sets: list[UnitSet] = []
        taken: set[tuple[int, int]] = set()
        # A part that any goods fill must not take those that another part needs.
        scarce = sorted(zip(self.parts, pools, strict=True), key=lambda part: len(part[1]))
        rest = [(part, (unit for unit in pool if unit[1:] not in taken)) for part, pool in scarce]
        while not self.most_sets or len(sets) < self.most_sets:
            made = UnitSet([], [])
            missing = 0
            for part, units in rest:
                found = list(islice(units, part.units))
                taken.update(unit[1:] for unit in found)
                made.members.extend(found)
                if not part.keeps_price:
                    made.reducible.extend(found)
                missing += part.units - len(found)
            if missing:
                return sets, missing
            sets.append(made)
        return sets, 0

    def _groups(self, sets: Sequence[UnitSet]) -> Iterator[UnitSet]:
        """The units that are reduced together, with the units that they use up."""
        sign = -1 if self.reduces is UnitOrder.DEAREST else 1
        if self.over_all:
            units = [unit for each in sets for unit in each.reducible]
            units.sort(key=lambda unit: sign * unit.price)
            chosen = units[: self.reduced * len(sets) or None]
            yield from (UnitSet([unit], [unit]) for unit in chosen)
            yield UnitSet([unit for each in sets for unit in each.members], [])
            return
        for each in sets:
            each.reducible.sort(key=lambda unit: sign * unit.price)
            yield UnitSet(each.members, each.reducible[: self.reduced or None])

    @staticmethod
    def _proposal(scope: Scope, groups: Iterable[UnitSet], cut: Cut, terms: Terms) -> Proposal:
        now = scope.sheet.now.units
        discounts: dict[int, dict[int, int]] = {}
        used: dict[int, set[int]] = {}
        for members, group in groups:
            prices, rows = [unit.price for unit in group], [unit.row for unit in group]
            limits = [now[unit.row][unit.number] for unit in group]
            if len(group) == 1 or terms.per is Per.UNIT:
                shares: Sequence[int] = tuple(map(min, map(cut.of, rows, prices), limits))
            else:
                shares = cut.shared(rows, prices, limits, terms.split)
            if any(shares) or not group:
                for unit in members:
                    used.setdefault(unit.row, set()).add(unit.number)
            for unit, share in zip(group, shares, strict=True):
                discounts.setdefault(unit.row, {})[unit.number] = share
        parts = {row: numbered(scope, row, numbers) for row, numbers in discounts.items()}
        return Proposal(
            parts={row: part for row, part in parts.items() if part.amount},
            used={row: frozenset(numbers) for row, numbers in used.items()},
        )
