"""Benchmark of the price engine: carts of some lines under some promotions.

``make bench BENCH=--pricing`` prints milliseconds of processor time for each size: what nine in
ten calls exceed, which other load changes least and which the goals are for, and the median. The
promotions are a mix: percentages and amounts of categories, brands and tags, tiers of the cart,
sets, a price for a group, shipping, and some that do not apply.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median, quantiles

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.calculation.worksheet import Property
from core.domain.pricing.engine import price
from core.domain.pricing.promotions.amounts import Amounts
from core.domain.pricing.promotions.benefits.discounts import GoodsDiscount, ShippingDiscount
from core.domain.pricing.promotions.benefits.reductions import AmountOff, Percent
from core.domain.pricing.promotions.benefits.sets import SetDiscount, SetPart
from core.domain.pricing.promotions.benefits.tiers import AmountTier, AmountTiers
from core.domain.pricing.promotions.circumstances import CustomerGroup
from core.domain.pricing.promotions.conditions import ALWAYS, Amount, Condition
from core.domain.pricing.promotions.filters import Having
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.proposal import Benefit
from core.domain.pricing.request import PriceRequest, RequestLine, RequestShipping
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.taxes.rates import TaxRate
from core.domain.text import Text

GOALS_MS = {(20, 20): 1.0, (100, 100): 8.0}
SECONDS = 3
NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)


def request(lines: int) -> PriceRequest:
    return PriceRequest(
        currency="CNY",
        at=NOW,
        lines=tuple(
            RequestLine(
                key=f"{number:03}",
                sku=f"SKU-{number}",
                product=f"product-{number // 2}",
                quantity=1 + number % 3,
                list_price=900 + 137 * number,
                categories=frozenset({"all", f"category-{number % 10}", f"part-{number % 30}"}),
                brand=f"brand-{number % 7}",
                tags=frozenset({f"tag-{number % 5}"}),
            )
            for number in range(lines)
        ),
        shipping=RequestShipping(method="standard", price=1200),
    )


def rules(promotions: int, kinds: Sequence[Callable[[int], Promotion]]) -> PricingRules:
    made = tuple(kinds[number % len(kinds)](number) for number in range(promotions))
    vat = TaxRate(code="vat", label=Text({"zh": "增值税"}), rate="0.13", tax_class="standard")
    return PricingRules(promotions=made, tax_rates=(vat,))


def _category(number: int) -> Promotion:
    goods = Having(by=Property.CATEGORY, values=(f"category-{number % 10}",))
    return _promotion(number, Lane.ITEM, GoodsDiscount(reduction=_percent(number), goods=goods))


def _brand(number: int) -> Promotion:
    goods = Having(by=Property.BRAND, values=(f"brand-{number % 7}",))
    return _promotion(number, Lane.ITEM, GoodsDiscount(reduction=_percent(number), goods=goods))


def _tiers(number: int) -> Promotion:
    tiers = AmountTiers(
        tiers=(
            AmountTier(at_least=Amounts.of("100 CNY"), reduction=_off("15 CNY")),
            AmountTier(at_least=Amounts.of("200 CNY"), reduction=_off("40 CNY")),
        )
    )
    return _promotion(number, Lane.ORDER, GoodsDiscount(reduction=tiers, goods=_tag(number)))


def _set(number: int) -> Promotion:
    second = SetDiscount(
        parts=(SetPart(units=2, goods=_tag(number)),), reduced=1, reduction=_percent(49)
    )
    return _promotion(number, Lane.ITEM, second)


def _members(number: int) -> Promotion:
    benefit = GoodsDiscount(reduction=_percent(number))
    return _promotion(number, Lane.ITEM, benefit, CustomerGroup(groups=("plus",)))


def _cart(number: int) -> Promotion:
    condition = Amount(at_least=Amounts.of("300 CNY"))
    benefit = GoodsDiscount(reduction=_off(f"{number % 9 + 1} CNY"))
    return _promotion(number, Lane.CROSS_SELLER, benefit, condition)


def _shipping(number: int) -> Promotion:
    condition = Amount(at_least=Amounts.of("99 CNY"))
    return _promotion(number, Lane.SHIPPING, ShippingDiscount(reduction=_percent(100)), condition)


KINDS: tuple[Callable[[int], Promotion], ...] = (
    _category,
    _brand,
    _tiers,
    _category,
    _set,
    _members,
    _brand,
    _cart,
    _category,
    _shipping,
)


def _everything(number: int) -> Promotion:
    """The worst case: each promotion reduces each line."""
    return _promotion(number, Lane.ITEM, GoodsDiscount(reduction=_percent(number)))


def _promotion(
    number: int, lane: Lane, benefit: Benefit, condition: Condition = ALWAYS
) -> Promotion:
    return Promotion(
        code=f"promotion-{number:03}",
        label=Text({"zh": f"活动 {number}"}),
        lane=lane,
        condition=condition,
        benefits=(benefit,),
    )


def _percent(number: int) -> Percent:
    return Percent(percent=Decimal(number % 50 + 1))


def _off(amount: str) -> AmountOff:
    return AmountOff(amount=Amounts.of(amount))


def _tag(number: int) -> Having:
    return Having(by=Property.TAG, values=(f"tag-{number % 5}",))


def measure(lines: int, promotions: PricingRules) -> list[float]:
    """Milliseconds of processor time of each call, for some seconds."""
    cart, taken = request(lines), []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        started = time.process_time()
        price(cart, promotions)
        taken.append((time.process_time() - started) * 1000)
    return taken


def main() -> int:
    """Print the table. Returns 1 if a goal was missed."""
    print(f"{'lines × promotions':32}{'p10 ms':>10}{'median ms':>11}{'goal':>7}")
    reached = True
    for (lines, promotions), goal in GOALS_MS.items():
        taken = measure(lines, rules(promotions, KINDS))
        missed = quantiles(taken, n=10)[0] > goal
        reached = reached and not missed
        _show(f"{lines} × {promotions}", taken, f"{goal:7.0f}{'  missed' if missed else ''}")
        _show(
            f"{lines} × {promotions}, each for each line",
            measure(lines, rules(promotions, (_everything,))),
        )
    return 0 if reached else 1


def _show(name: str, taken: list[float], goal: str = "") -> None:
    print(f"{name:32}{quantiles(taken, n=10)[0]:10.2f}{median(taken):11.2f}{goal}")
