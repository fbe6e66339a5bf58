"""The prior price of a reduction: what a crossed-out price and a percentage may say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.pricing.adjustments import Adjustment, Lane

CHINESE_WINDOW = timedelta(days=7)


class PriorBasis(StrEnum):
    """What a prior price is.

    ``LOWEST``: the lowest price of the 30 days before the reduction. ``LOWEST_SO_FAR``: the same
    of goods that are offered for fewer days. ``LAST``: the price just before the reduction.
    ``LOWEST_DEAL``: the lowest deal of the seven days before. ``LAST_DEAL``: the last deal.
    """

    LOWEST = "lowest"
    LOWEST_SO_FAR = "lowest_so_far"
    LAST = "last"
    LOWEST_DEAL = "lowest_deal"
    LAST_DEAL = "last_deal"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPrice:
    """A price of a variant from ``starts_at`` until before ``ends_at``, None if it still applies.

    ``source`` is the code of the promotion, empty if the price is not reduced. ``public`` is false
    for loyalty and personal prices; a price with a code that is open to all is public.
    """

    minor: int
    starts_at: datetime
    ends_at: datetime | None = None
    source: str = ""
    public: bool = True


@dataclass(frozen=True, slots=True)
class Deal:
    """What a unit was sold for, and when the order was placed: the contract of the sale.

    Source: E-Commerce Law of the People's Republic of China, art. 49.
    """

    minor: int
    at: datetime


OF_THE_BUYER = frozenset({Lane.COUPON, Lane.POINTS, Lane.TAXES})
"""Steps of a price that are not offered to everybody, or are no discount."""


def deal_price(unit_price: int, quantity: int, adjustments: Sequence[Adjustment]) -> int:
    """What a unit of a line was sold for with the public promotions, rounded down."""
    public = [each.amount.minor for each in adjustments if each.lane not in OF_THE_BUYER]
    return (unit_price * quantity + sum(public)) // quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ReductionLaw:
    """What a country makes of directive 98/6/EC, art. 6a; the defaults are its paragraphs 1 and 2.

    ``perishables_use_last``: perishable goods are reduced from the price before the reduction, or
    no prior price is required for them. ``new_goods``: goods that are offered for fewer than
    ``days`` are reduced from their lowest price so far; else their reduction is not announced.
    ``progressive``: a reduction that grows without interruption is one from its first step.
    """

    days: int = 30
    perishables_use_last: bool = False
    new_goods: bool = False
    progressive: bool = False


DIRECTIVE = ReductionLaw()

# Germany: PAngV § 11 (2), (4). France: Code de la consommation, L112-1-1. Poland: act of 9 May
# 2014 on information about prices, art. 4 (3), (4).
LAWS: Mapping[str, ReductionLaw] = {
    "DE": ReductionLaw(perishables_use_last=True, progressive=True),
    "FR": ReductionLaw(perishables_use_last=True, progressive=True),
    "PL": ReductionLaw(perishables_use_last=True, new_goods=True),
}


class PriceLaw(StrEnum):
    """Whose law says what a crossed-out price is: China, the directive, or a member state."""

    CN = "CN"
    EU = "EU"
    DE = "DE"
    FR = "FR"
    PL = "PL"

    @property
    def bases(self) -> frozenset[PriorBasis]:
        """The prior prices that the law knows."""
        return DEALS if self is PriceLaw.CN else frozenset(PriorBasis) - DEALS


DEALS = frozenset({PriorBasis.LOWEST_DEAL, PriorBasis.LAST_DEAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A reduction that may be announced: ``prior`` is above ``minor``."""

    minor: int
    prior: int
    basis: PriorBasis
    began_at: datetime

    @property
    def percent(self) -> int:
        return percent_off(self.minor, self.prior)


def percent_off(minor: int, prior: int) -> int:
    """The reduction of the prior price, rounded down: an announcement must not exceed it.

    >>> percent_off(200, 299)
    33
    """
    return (prior - minor) * 100 // prior


def reduction(
    law: PriceLaw,
    history: Sequence[AppliedPrice],
    deals: Sequence[Deal],
    at: datetime,
    *,
    perishable: bool = False,
) -> Reduction | None:
    """The reduction at a time by a law. ``deals`` are not needed in Europe."""
    if law is PriceLaw.CN:
        return chinese_reduction(history, deals, at)
    return european_reduction(history, at, LAWS.get(law, DIRECTIVE), perishable=perishable)


def european_reduction(
    history: Sequence[AppliedPrice],
    at: datetime,
    law: ReductionLaw = DIRECTIVE,
    *,
    perishable: bool = False,
) -> Reduction | None:
    """The reduction at a time, from the lowest price of the 30 days before it began.

    None if there is none to announce: the price is not reduced, or not below its prior price.
    Source: directive 98/6/EC, art. 6a; European Court of Justice, C-330/23.
    """
    prices = _public(history)
    steps = _steps(prices, at, progressive=law.progressive)
    if not steps:
        return None
    began_at = steps[0].starts_at
    before = [price for price in prices if price.starts_at < began_at]
    opens_at = began_at - timedelta(days=law.days)
    is_old = bool(before) and before[0].starts_at <= opens_at
    if perishable and law.perishables_use_last:
        basis, prior = PriorBasis.LAST, before[-1:]
    elif is_old or law.new_goods:
        basis = PriorBasis.LOWEST if is_old else PriorBasis.LOWEST_SO_FAR
        prior = [price for price in before if price.ends_at is None or price.ends_at > opens_at]
    else:
        return None
    return _reduction(steps, [price.minor for price in prior], basis)


def chinese_reduction(
    history: Sequence[AppliedPrice], deals: Sequence[Deal], at: datetime
) -> Reduction | None:
    """The reduction at a time whose basis is not stated: from the deals before it began.

    The basis is the lowest deal of the seven days before, or else the last deal. Source: SAMR
    order 32 of 2020 (规范促销行为暂行规定), art. 21.
    """
    steps = _steps(_public(history), at, progressive=False)
    if not steps:
        return None
    began_at = steps[0].starts_at
    before = sorted((deal for deal in deals if deal.at < began_at), key=lambda deal: deal.at)
    recent = [deal for deal in before if deal.at >= began_at - CHINESE_WINDOW]
    basis = PriorBasis.LOWEST_DEAL if recent else PriorBasis.LAST_DEAL
    return _reduction(steps, [deal.minor for deal in recent or before[-1:]], basis)


def _public(history: Sequence[AppliedPrice]) -> list[AppliedPrice]:
    return sorted((price for price in history if price.public), key=lambda price: price.starts_at)


def _steps(
    prices: Sequence[AppliedPrice], at: datetime, *, progressive: bool
) -> Sequence[AppliedPrice]:
    """The prices of the reduction at a time, first one first; empty if there is none.

    A promotion that is compiled again makes a row with the same price: it is one reduction.
    """
    steps: list[AppliedPrice] = []
    for price in reversed(prices):
        if price.starts_at > at:
            continue
        if not steps:
            if not price.source or (price.ends_at is not None and price.ends_at <= at):
                return ()
        elif price.ends_at != steps[0].starts_at or not _continues(
            price, steps[0], progressive=progressive
        ):
            break
        steps.insert(0, price)
    return steps


def _continues(earlier: AppliedPrice, later: AppliedPrice, *, progressive: bool) -> bool:
    if not earlier.source:
        return False
    is_same = earlier.source == later.source and earlier.minor == later.minor
    return is_same or (progressive and earlier.minor > later.minor)


def _reduction(
    steps: Sequence[AppliedPrice], prior: Sequence[int], basis: PriorBasis
) -> Reduction | None:
    minor, lowest = steps[-1].minor, min(prior, default=0)
    if lowest <= minor:
        return None
    return Reduction(minor=minor, prior=lowest, basis=basis, began_at=steps[0].starts_at)
