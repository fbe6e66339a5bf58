"""When prices in lists change by the clock, to whom they are shown, and where they come from."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from core.domain.catalogue.variant import Sale
from core.domain.identifiers import ProductId
from core.domain.money import Money
from core.domain.pricing.adjustments import Adjustment, Lane
from core.domain.pricing.applied.price_history import (
    PricedVariant,
    PriceHistory,
    audiences_of,
    prices_at,
)
from core.domain.pricing.applied.price_moments import moments_between, next_moment
from core.domain.pricing.applied.prior_price import PriceLaw, PriorBasis, deal_price
from core.domain.pricing.applied.shown_prices import shown_prices
from core.domain.pricing.price_lists import PriceList, PriceStep
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.rules import PricingRules
from tests.domain.pricing.shop import NOW, a_promotion, goods_off, lines_of, percent
from tests.factories import text

HOUR = timedelta(hours=1)
POT = ProductId(UUID(int=1))


def half_off(code: str = "half", **details: Any) -> Promotion:
    moments = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in details.items()
    }
    return a_promotion("catalogue", goods_off(percent("50")), code=code, **moments)


def rules(*promotions: Promotion, price_lists: tuple[PriceList, ...] = ()) -> PricingRules:
    return PricingRules(promotions=promotions, price_lists=price_lists)


def a_list(code: str, minor: int, **details: Any) -> PriceList:
    return PriceList(code=code, ladders={"TEA": (PriceStep(1, minor),)}, **details)


def a_variant(amount: str = "tea 100", **details: Any) -> PricedVariant:
    (line,) = lines_of(amount)
    return PricedVariant(product_id=POT, line=replace(line, key=line.sku), **details)


def test_windows_of_promotions_lists_and_sales_are_moments() -> None:
    of_lists = rules(
        half_off(starts_at=NOW + HOUR, ends_at=NOW + 3 * HOUR),
        a_promotion("order", goods_off(percent("5")), code="later", starts_at="2026-11-11T12:30Z"),
        price_lists=(a_list("a", 1, starts_at=NOW + 2 * HOUR),),
    )
    sale = Sale(price=Money(1, "CNY"), starts_at=NOW - HOUR, ends_at=NOW + 4 * HOUR)
    found = list(moments_between(of_lists, [sale], NOW, NOW + 9 * HOUR))
    assert found == [NOW + hours * HOUR for hours in (1, 2, 3, 4)]
    assert next_moment(of_lists, [sale], NOW + 4 * HOUR) is None


def test_a_moment_that_is_due_now_is_counted_once() -> None:
    of_lists = rules(half_off(starts_at=NOW))
    assert list(moments_between(of_lists, [], NOW - HOUR, NOW)) == [NOW]
    assert list(moments_between(of_lists, [], NOW, NOW + HOUR)) == []


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        # `NOW` is noon in China.
        ("18:00", "20:00", [6, 8, 30, 32]),
        ("22:00", "02:00", [10, 14, 34, 38]),
        ("00:00", "00:00", [12, 36]),
        ("12:00", "13:00", [1, 24, 25]),
    ],
)
def test_hours_of_the_day_are_moments_in_the_zone_of_the_shop(
    since: str, until: str, hours: list[int]
) -> None:
    of_lists = rules(half_off(condition={"kind": "time_of_week", "since": since, "until": until}))
    found = list(moments_between(of_lists, [], NOW, NOW + 39 * HOUR))
    assert found == [NOW + each * HOUR for each in hours]


def test_hours_after_the_end_of_a_promotion_are_no_moments() -> None:
    hours = {"kind": "time_of_week", "since": "18:00", "until": "20:00"}
    of_lists = rules(half_off(condition=hours, ends_at=NOW + 7 * HOUR))
    found = list(moments_between(of_lists, [], NOW, NOW + 50 * HOUR))
    assert found == [NOW + 6 * HOUR, NOW + 7 * HOUR]


def test_a_price_names_what_it_comes_from() -> None:
    members = a_list("members", 8000, groups=frozenset({"vip"}), label=text("Member price"))
    sold = (replace(lines_of("tea 90")[0], is_on_sale=True),)
    cases: Mapping[str, tuple[Any, PricingRules, frozenset[str]]] = {
        "": (lines_of("tea 90"), rules(price_lists=(members,)), frozenset()),
        "sale": (sold, rules(), frozenset()),
        "sale+half": (sold, rules(half_off()), frozenset()),
        "members": (sold, rules(price_lists=(members,)), frozenset({"vip"})),
        "members+half": (sold, rules(half_off(), price_lists=(members,)), frozenset({"vip", "x"})),
    }
    for source, (lines, of_lists, groups) in cases.items():
        shown = shown_prices(lines, of_lists, "CNY", NOW, groups)["tea"]
        assert shown.source == source
        assert len(shown.labels) == source.count("half") + source.count("members")


def test_groups_of_price_lists_and_of_promotions_in_lists_are_audiences() -> None:
    of_lists = rules(
        half_off(condition={"kind": "not", "of": {"kind": "group", "groups": ["staff"]}}),
        price_lists=(a_list("a", 1, groups=frozenset({"vip", "gold"})),),
    )
    assert list(audiences_of(of_lists)) == ["", "group:gold", "group:staff", "group:vip"]


def test_a_group_that_sees_the_public_price_has_none_of_its_own() -> None:
    of_lists = rules(price_lists=(a_list("a", 9000, groups=frozenset({"vip"})),))
    found = prices_at([a_variant(), a_variant("cake 20")], of_lists, "CNY", NOW)
    assert sorted(found) == [("CAKE", ""), ("TEA", ""), ("TEA", "group:vip")]


def test_a_sale_price_counts_while_it_is_below_the_regular_price() -> None:
    def price(amount: int, at: datetime) -> int:
        sale = Sale(price=Money(amount, "CNY"), starts_at=NOW, ends_at=NOW + HOUR)
        return a_variant(sale=sale).at(at).list_price

    assert [price(9000, NOW + hours * HOUR / 2) for hours in (-1, 0, 1, 2)] == [
        10000,
        9000,
        9000,
        10000,
    ]
    assert price(10000, NOW) == price(12000, NOW) == 10000


def test_a_record_that_begins_and_ends_in_one_run_is_stored_with_both() -> None:
    numbers = count()
    history = PriceHistory([], lambda: UUID(int=next(numbers)))
    for hour, of_lists in enumerate((rules(), rules(half_off()), rules(half_off()), rules())):
        at = NOW + hour * HOUR
        variants = [a_variant()]
        history.advance(at, {POT}, variants, prices_at(variants, of_lists, "CNY", at))
    assert [(each.minor, each.starts_at, each.ends_at) for each in history.begun.values()] == [
        (10000, NOW, NOW + HOUR),
        (5000, NOW + HOUR, NOW + 3 * HOUR),
        (10000, NOW + 3 * HOUR, None),
    ]
    assert (history.ended, history.changed) == ({}, {POT})


def test_a_deal_is_the_price_with_the_promotions_that_are_open_to_all() -> None:
    def off(lane: Lane, minor: int) -> Adjustment:
        return Adjustment(source="x", lane=lane, label=text("x"), amount=Money(-minor, "CNY"))

    adjustments = [off(Lane.ITEM, 100), off(Lane.COUPON, 500), off(Lane.POINTS, 50)]
    assert deal_price(1000, 3, adjustments) == 966
    assert deal_price(1000, 3, []) == 1000


def test_each_law_knows_its_own_bases() -> None:
    assert PriceLaw.CN.bases == {PriorBasis.LOWEST_DEAL, PriorBasis.LAST_DEAL}
    for law in (PriceLaw.EU, PriceLaw.DE, PriceLaw.FR, PriceLaw.PL):
        assert law.bases == set(PriorBasis) - PriceLaw.CN.bases
