"""Conditions on the goods of a cart, and how conditions are combined."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from core.domain.errors import Invalid
from core.domain.pricing.promotions.amounts import NO_AMOUNT, Amounts
from core.domain.pricing.promotions.arguments import ArgumentType, Family, argument
from core.domain.pricing.promotions.circumstances import FACT_UNKNOWN, FactIs, FactRange
from core.domain.pricing.promotions.filters import EVERYTHING, Filter
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.reasons import Reason
from core.domain.pricing.settings import PriceBase


class Condition(Protocol):
    """Says why it is not met, with what is missing; None if it is met."""

    kind: ClassVar[str]

    def unmet(self, scope: Scope, /) -> Reason | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    kind: ClassVar[str] = "always"

    def unmet(self, _scope: Scope, /) -> Reason | None:
        return None


ALWAYS = Always()


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    kind: ClassVar[str] = "all"
    of: tuple[Condition, ...] = field(
        metadata=argument("All of", ArgumentType.NODES, Family.CONDITION)
    )

    def unmet(self, scope: Scope, /) -> Reason | None:
        return next((reason for each in self.of if (reason := each.unmet(scope))), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """The reason is the first one that says what is missing."""

    kind: ClassVar[str] = "any"
    of: tuple[Condition, ...] = field(
        metadata=argument("One of", ArgumentType.NODES, Family.CONDITION)
    )

    def __post_init__(self) -> None:
        if not self.of:
            raise Invalid("of", "Add at least one condition.")

    def unmet(self, scope: Scope, /) -> Reason | None:
        reasons: list[Reason] = []
        for each in self.of:
            reason = each.unmet(scope)
            if reason is None:
                return None
            reasons.append(reason)
        return next((each for each in reasons if "missing" in each.values), reasons[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Is not met either while a fact that it asks for is not known."""

    kind: ClassVar[str] = "not"
    of: Condition = field(metadata=argument("Not this", ArgumentType.NODE, Family.CONDITION))

    def unmet(self, scope: Scope, /) -> Reason | None:
        if self.of.unmet(scope) is None:
            return Reason("excluded")
        return next(
            (Reason(FACT_UNKNOWN) for each in facts_in(self.of) if not scope.knows(each)), None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """The goods cost at least, or at most, an amount. ``price`` says which price counts."""

    kind: ClassVar[str] = "amount"
    at_least: Amounts = field(
        default=NO_AMOUNT, metadata=argument("Lowest amount", ArgumentType.AMOUNTS)
    )
    at_most: Amounts = field(
        default=NO_AMOUNT, metadata=argument("Highest amount", ArgumentType.AMOUNTS)
    )
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )
    price: PriceBase = field(
        default=PriceBase.LANE, metadata=argument("Which price", ArgumentType.CHOICE, PriceBase)
    )

    def unmet(self, scope: Scope, /) -> Reason | None:
        least, most = self.at_least.get(scope.currency), self.at_most.get(scope.currency)
        if (self.at_least and least is None) or (self.at_most and most is None):
            return Reason("other_currency")
        amount = scope.amount(self.goods, self.price)
        if least is not None and amount < least:
            return Reason("amount_missing", {"missing": scope.money(least - amount)})
        return Reason("too_many") if most is not None and amount > most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """There are at least, or at most, so many units of the goods. ``at_most`` 0 has no limit."""

    kind: ClassVar[str] = "quantity"
    at_least: int = field(default=0, metadata=argument("Fewest units", ArgumentType.NUMBER))
    at_most: int = field(default=0, metadata=argument("Most units", ArgumentType.NUMBER))
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )

    def unmet(self, scope: Scope, /) -> Reason | None:
        units = scope.quantity(self.goods)
        if units < self.at_least:
            return Reason("units_missing", {"missing": self.at_least - units})
        return Reason("too_many") if self.at_most and units > self.at_most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctProducts:
    kind: ClassVar[str] = "distinct_products"
    at_least: int = field(metadata=argument("Fewest products", ArgumentType.NUMBER))
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )

    def unmet(self, scope: Scope, /) -> Reason | None:
        products = {scope.sheet.line(row).product for row in scope.rows(self.goods)}
        missing = self.at_least - len(products)
        return Reason("products_missing", {"missing": missing}) if missing > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    kind: ClassVar[str] = "contains"
    goods: Filter = field(metadata=argument("Goods", ArgumentType.NODE, Family.FILTER))

    def unmet(self, scope: Scope, /) -> Reason | None:
        return None if scope.rows(self.goods) else Reason("goods_missing")


def counts_goods(condition: Condition) -> bool:
    """Whether the condition depends on which goods are in the cart."""
    return any(
        isinstance(each, Amount | Quantity | DistinctProducts | Contains)
        for each in leaves(condition)
    )


def facts_in(condition: Condition) -> Iterator[str]:
    """The names of the facts that a condition asks for."""
    for each in leaves(condition):
        if isinstance(each, FactIs | FactRange):
            yield each.name


def leaves(condition: Condition) -> Iterator[Condition]:
    """The conditions of a tree that are not made of others."""
    if isinstance(condition, AllOf | AnyOf):
        for each in condition.of:
            yield from leaves(each)
    elif isinstance(condition, Not):
        yield from leaves(condition.of)
    else:
        yield condition
