"""Benefits that lower the price of goods or of shipping."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

from core.domain.pricing.calculation.worksheet import Part, Worksheet
from core.domain.pricing.promotions.amounts import NO_AMOUNT, Amounts
from core.domain.pricing.promotions.arguments import ArgumentType, Family, argument
from core.domain.pricing.promotions.benefits.calculation import STANDARD, Calculation, Terms
from core.domain.pricing.promotions.benefits.cuts import Cut, cut_of
from core.domain.pricing.promotions.benefits.reductions import PlainReduction, Reduction, Step
from core.domain.pricing.promotions.benefits.tiers import AmountTiers, QuantityTiers
from core.domain.pricing.promotions.benefits.units import ALL_UNITS, UnitChoice, parts_of_units
from core.domain.pricing.promotions.filters import EVERYTHING, Filter
from core.domain.pricing.promotions.proposal import Proposal
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.reasons import Reason
from core.domain.pricing.settings import Per


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsDiscount:
    """A reduction of goods: of each unit, each line, or all lines together.

    ``cap`` is the most that it takes off in all. With ``includes_shipping`` the shipping price
    is reduced like a line.
    """

    kind: ClassVar[str] = "goods"
    reduction: Reduction = field(
        metadata=argument("Reduction", ArgumentType.NODE, Family.REDUCTION)
    )
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )
    units: UnitChoice = field(
        default=ALL_UNITS, metadata=argument("Units", ArgumentType.RECORD, UnitChoice)
    )
    cap: Amounts = field(
        default=NO_AMOUNT, metadata=argument("At most in all", ArgumentType.AMOUNTS)
    )
    includes_shipping: bool = field(
        default=False, metadata=argument("Shipping, too", ArgumentType.FLAG)
    )
    calculation: Calculation = field(
        default=STANDARD, metadata=argument("Calculation", ArgumentType.RECORD, Calculation)
    )

    def is_joint(self, sheet: Worksheet, /) -> bool:
        per = per_of(self.reduction, self.calculation.terms(sheet))
        is_shared = Per.ALL in {per, self.reduction.per}
        return is_shared or bool(self.cap) or not self.units.takes_all

    def propose(self, scope: Scope, /) -> Proposal:
        sheet = scope.sheet
        terms = self.calculation.terms(sheet)
        mask = self.goods.mask(sheet) & sheet.discountable
        if self.includes_shipping:
            mask |= sheet.shipping
        if terms.skips_goods_on_sale:
            mask &= ~sheet.on_sale
        rows = sheet.rows(mask & scope.open)
        if not rows:
            return Proposal(reason=Reason("goods_closed" if mask else "no_goods"))
        step = self.reduction.at(scope, rows, terms)
        return proposed(scope, step, terms, self.cap, partial(self._parts, scope, rows))

    def _parts(
        self, scope: Scope, rows: Sequence[int], cut: Cut, per: Per, terms: Terms
    ) -> Mapping[int, Part]:
        if per is Per.UNIT or scope.most_units is not None or not self.units.takes_all:
            units = self.units.choose(scope, rows, terms.base)
            return parts_of_units(scope, units, cut, per, terms)
        if per is Per.LINE:
            return parts_of_lines(scope, rows, cut, terms)
        return parts_of_all(scope, rows, cut, terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingDiscount:
    """A reduction of the shipping price. ``goods`` are what tiers count."""

    kind: ClassVar[str] = "shipping"
    reduction: Reduction = field(
        metadata=argument("Reduction", ArgumentType.NODE, Family.REDUCTION)
    )
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )
    cap: Amounts = field(
        default=NO_AMOUNT, metadata=argument("At most in all", ArgumentType.AMOUNTS)
    )
    calculation: Calculation = field(
        default=STANDARD, metadata=argument("Calculation", ArgumentType.RECORD, Calculation)
    )

    def is_joint(self, _sheet: Worksheet, /) -> bool:
        return isinstance(self.reduction, AmountTiers | QuantityTiers)

    def propose(self, scope: Scope, /) -> Proposal:
        sheet = scope.sheet
        terms = self.calculation.terms(sheet)
        rows = sheet.rows(sheet.shipping & scope.open)
        if not rows:
            return Proposal(reason=Reason("no_shipping"))
        step = self.reduction.at(scope, scope.rows(self.goods), terms)
        return proposed(
            scope, step, terms, self.cap, lambda cut, _, of: parts_of_lines(scope, rows, cut, of)
        )


def proposed(
    scope: Scope,
    step: Step,
    terms: Terms,
    cap: Amounts,
    parts_of: Callable[[Cut, Per, Terms], Mapping[int, Part]],
) -> Proposal:
    """The proposal of the step that was reached, or why there is none."""
    if step.reduction is None:
        return Proposal(reason=step.reason)
    cut = cut_of(scope, step.reduction, terms, step.times)
    most = cap.get(scope.currency)
    if cut is None or (cap and most is None):
        return Proposal(reason=Reason("other_currency"))
    per, terms = per_of(step.reduction, terms), terms.for_base(step.reduction.base)
    parts = dict(parts_of(cut, per, terms))
    if not parts:
        return Proposal(reason=step.reason or Reason("nothing_to_reduce"))
    proposal = Proposal(parts=parts, next_step=step.reason)
    if cap:
        proposal.limit(scope, most)
    return proposal


def per_of(reduction: PlainReduction | Reduction, terms: Terms) -> Per:
    return terms.per or reduction.per or terms.usual_per


def parts_of_lines(scope: Scope, rows: Sequence[int], cut: Cut, terms: Terms) -> dict[int, Part]:
    """The parts of whole lines, each calculated and rounded once."""
    totals, capacities = scope.sheet.prices[terms.base].totals, scope.sheet.capacities
    parts = {}
    for row in rows:
        amount = min(cut.of(row, totals[row]), capacities[row])
        if amount > 0:
            parts[row] = Part(amount)
    return parts


def parts_of_all(scope: Scope, rows: Sequence[int], cut: Cut, terms: Terms) -> Mapping[int, Part]:
    """The parts of one discount of all lines; what a line cannot take moves on to the others."""
    totals, capacities = scope.sheet.prices[terms.base].totals, scope.sheet.capacities
    weights = list(map(totals.__getitem__, rows))
    limits = list(map(capacities.__getitem__, rows))
    shares = cut.shared(rows, weights, limits, terms.split)
    return {row: Part(share) for row, share in zip(rows, shares, strict=True) if share}
