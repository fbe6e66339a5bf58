"""Tiers: the reduction depends on the amount or on the number of the goods."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from core.domain.errors import Invalid
from core.domain.pricing.promotions.amounts import Amounts, check_above_zero
from core.domain.pricing.promotions.arguments import ArgumentType, Family, argument, check_counts
from core.domain.pricing.promotions.benefits.calculation import Terms
from core.domain.pricing.promotions.benefits.reductions import AmountOff, PlainReduction, Step
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.reasons import Reason
from core.domain.pricing.settings import Per


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountTier:
    at_least: Amounts = field(metadata=argument("From amount", ArgumentType.AMOUNTS))
    reduction: PlainReduction = field(
        metadata=argument("Reduction", ArgumentType.NODE, Family.REDUCTION)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityTier:
    at_least: int = field(metadata=argument("From units", ArgumentType.NUMBER))
    reduction: PlainReduction = field(
        metadata=argument("Reduction", ArgumentType.NODE, Family.REDUCTION)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountTiers:
    """The highest tier that the amount of the goods reaches is the reduction (阶梯满减).

    With ``is_repeated`` there is one tier, and its amount comes off once for each time that the
    goods reach it (每满减), at most ``most_times``; 0 has no limit.
    """

    kind: ClassVar[str] = "amount_tiers"
    per: ClassVar[Per | None] = Per.ALL
    tiers: tuple[AmountTier, ...] = field(
        metadata=argument("Tiers", ArgumentType.RECORDS, AmountTier)
    )
    is_repeated: bool = field(default=False, metadata=argument("Repeated", ArgumentType.FLAG))
    most_times: int = field(default=0, metadata=argument("Most times", ArgumentType.NUMBER))

    def __post_init__(self) -> None:
        check_counts(self)
        _check([each.reduction for each in self.tiers], is_repeated=self.is_repeated)
        for each in self.tiers:
            check_above_zero("at_least", each.at_least)
        for currency in {name for each in self.tiers for name in each.at_least.by_currency}:
            _check_steps([each.at_least.get(currency) for each in self.tiers])

    def at(self, scope: Scope, rows: Sequence[int], terms: Terms, /) -> Step:
        totals = scope.sheet.prices[terms.base].totals
        amount = sum(map(totals.__getitem__, rows))
        steps = []
        for tier in self.tiers:
            least = tier.at_least.get(scope.currency)
            if least is None:
                return Step(None, reason=Reason("other_currency"))
            steps.append((least, tier.reduction))
        chosen, missing = _chosen(steps, amount, self.most_times if self.is_repeated else 1)
        code = "amount_missing" if chosen.reduction is None else "more_amount"
        reason = Reason(code, {"missing": scope.money(missing)}) if missing else None
        return chosen._replace(reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityTiers:
    """The highest tier that the number of units reaches is the reduction (N件M折).

    ``is_repeated`` and ``most_times`` are as in amount tiers.
    """

    kind: ClassVar[str] = "quantity_tiers"
    per: ClassVar[Per | None] = Per.ALL
    tiers: tuple[QuantityTier, ...] = field(
        metadata=argument("Tiers", ArgumentType.RECORDS, QuantityTier)
    )
    is_repeated: bool = field(default=False, metadata=argument("Repeated", ArgumentType.FLAG))
    most_times: int = field(default=0, metadata=argument("Most times", ArgumentType.NUMBER))

    def __post_init__(self) -> None:
        check_counts(self)
        _check([each.reduction for each in self.tiers], is_repeated=self.is_repeated)
        if min(each.at_least for each in self.tiers) < 1:
            raise Invalid("at_least", "A tier begins with at least one unit.")
        _check_steps([each.at_least for each in self.tiers])

    def at(self, scope: Scope, rows: Sequence[int], _terms: Terms, /) -> Step:
        units = sum(map(scope.sheet.quantities.__getitem__, rows))
        steps = [(tier.at_least, tier.reduction) for tier in self.tiers]
        chosen, missing = _chosen(steps, units, self.most_times if self.is_repeated else 1)
        code = "units_missing" if chosen.reduction is None else "more_units"
        return chosen._replace(reason=Reason(code, {"missing": missing}) if missing else None)


def _check(reductions: Sequence[PlainReduction], *, is_repeated: bool) -> None:
    if not reductions:
        raise Invalid("tiers", "Add at least one tier.")
    if any(isinstance(each, AmountTiers | QuantityTiers) for each in reductions):
        raise Invalid("tiers", "A tier cannot have tiers of its own.")
    if is_repeated and not (len(reductions) == 1 and isinstance(reductions[0], AmountOff)):
        raise Invalid("is_repeated", "Only one tier with an amount can be repeated.")


def _check_steps(steps: Sequence[int | None]) -> None:
    given = [each for each in steps if each is not None]
    if len(set(given)) < len(given):
        raise Invalid("tiers", "Two tiers begin at the same value.")


def _chosen(
    steps: list[tuple[int, PlainReduction]], measured: int, most_times: int
) -> tuple[Step, int]:
    """The step that was reached, and what is missing for the next one; 0 if there is none."""
    steps.sort(key=lambda step: step[0])
    reached = [step for step in steps if step[0] <= measured]
    higher = [step[0] for step in steps if step[0] > measured]
    if not reached:
        return Step(None), higher[0] - measured
    least, reduction = reached[-1]
    times = measured // least if most_times != 1 else 1
    if most_times:
        times = min(times, most_times)
    if higher:
        return Step(reduction, times), higher[0] - measured
    can_repeat = most_times == 0 or times < most_times
    return Step(reduction, times), least * (times + 1) - measured if can_repeat else 0
