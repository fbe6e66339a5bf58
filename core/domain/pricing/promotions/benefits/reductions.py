"""Reductions: how much a benefit takes off an amount."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, NamedTuple, Protocol

from core.domain.errors import Invalid
from core.domain.pricing.promotions.amounts import Amounts
from core.domain.pricing.promotions.arguments import ArgumentType, argument
from core.domain.pricing.promotions.benefits.calculation import Terms
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.reasons import Reason
from core.domain.pricing.settings import Per, PriceBase, Rounded

HUNDRED = 100

Off = Callable[[int], int]
"""What is taken off an amount, zero or more. The caller takes off what the amount can bear."""


class PlainReduction(Protocol):
    """``per`` is how often it is calculated unless a benefit says so; None: see the settings.

    ``base`` is the price that it takes something off, whatever a benefit says; None: its choice.
    """

    kind: ClassVar[str]
    per: ClassVar[Per | None]
    base: ClassVar[PriceBase | None]

    def cut(self, terms: Terms, currency: str, times: int = 1, /) -> Off | None:
        """None if there is no amount in the currency."""


class Step(NamedTuple):
    """What a reduction is for the goods of a scope.

    ``reason`` says what is missing: for the reduction, or for its next step.
    """

    reduction: PlainReduction | None
    times: int = 1
    reason: Reason | None = None


class Reduction(Protocol):
    """A plain reduction, or tiers of them."""

    kind: ClassVar[str]
    per: ClassVar[Per | None]

    def at(self, scope: Scope, rows: Sequence[int], terms: Terms, /) -> Step: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """``percent`` off: 15 is 15 % off (八五折), 100 is free. At most four decimals."""

    kind: ClassVar[str] = "percent"
    per: ClassVar[Per | None] = None
    base: ClassVar[PriceBase | None] = None
    percent: Decimal = field(metadata=argument("Percent off", ArgumentType.DECIMAL))

    def __post_init__(self) -> None:
        if not 0 < self.percent <= HUNDRED:
            raise Invalid("percent", "Enter a percentage above 0, up to 100.")

    def at(self, _scope: Scope, _rows: Sequence[int], _terms: Terms, /) -> Step:
        return Step(self)

    def cut(self, terms: Terms, _currency: str, _times: int = 1, /) -> Off | None:
        numerator, denominator = self.percent.as_integer_ratio()
        denominator *= HUNDRED
        quotient = terms.rounding.quotient
        if terms.rounded is Rounded.DISCOUNT:
            return lambda amount: quotient(amount * numerator, denominator)
        rest = denominator - numerator
        return lambda amount: max(amount - quotient(amount * rest, denominator), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountOff:
    """An amount off, once over all goods unless the benefit says: each unit, or each line."""

    kind: ClassVar[str] = "amount"
    per: ClassVar[Per | None] = Per.ALL
    base: ClassVar[PriceBase | None] = None
    amount: Amounts = field(metadata=argument("Amount off", ArgumentType.AMOUNTS))

    def at(self, _scope: Scope, _rows: Sequence[int], _terms: Terms, /) -> Step:
        return Step(self)

    def cut(self, _terms: Terms, currency: str, times: int = 1, /) -> Off | None:
        off = self.amount.get(currency)
        if off is None:
            return None
        return lambda _amount: off * times


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTo:
    """A price instead: of each unit, unless the benefit says: of each line, or of all goods.

    It is what the buyer pays, so it looks at what earlier promotions left.
    """

    kind: ClassVar[str] = "price_to"
    per: ClassVar[Per | None] = Per.UNIT
    base: ClassVar[PriceBase | None] = PriceBase.NOW
    price: Amounts = field(metadata=argument("Price", ArgumentType.AMOUNTS))

    def at(self, _scope: Scope, _rows: Sequence[int], _terms: Terms, /) -> Step:
        return Step(self)

    def cut(self, _terms: Terms, currency: str, _times: int = 1, /) -> Off | None:
        price = self.price.get(currency)
        if price is None:
            return None
        return lambda amount: max(amount - price, 0)
