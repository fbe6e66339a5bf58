"""The review of a promotion: what is refused, what is warned of, and which part is at fault."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.review.findings import REFUSALS, WARNINGS, Finding
from core.domain.pricing.promotions.review.warnings import findings_of
from core.domain.pricing.settings import PricingSettings
from tests.domain.pricing.shop import (
    NOW,
    Document,
    a_promotion,
    amount,
    at_least,
    goods_off,
    having,
    percent,
    price_to,
    set_of,
    tiers,
)

LATER = (NOW + timedelta(days=3)).isoformat()
EVEN_LATER = (NOW + timedelta(days=5)).isoformat()


def review(
    promotion: Promotion, others: Sequence[Promotion] = (), **details: Any
) -> tuple[Finding, ...]:
    settings = {"settings": PricingSettings(), "currencies": ["CNY"], "now": NOW, **details}
    return findings_of(promotion, others=others, **settings)


def found(promotion: Promotion, *others: Promotion, **details: Any) -> list[tuple[str, str]]:
    return [(each.part, each.code) for each in review(promotion, others, **details)]


TEN = goods_off(percent("10"))


def of_condition(condition: Document) -> Promotion:
    return a_promotion("order", TEN, condition=condition)


@pytest.mark.parametrize(
    "promotion",
    [
        a_promotion("order", goods_off(amount("15.00")), condition=at_least("100.00")),
        a_promotion("order", goods_off(tiers("amount", ("100.00", amount("15.00"))))),
        a_promotion("catalogue", TEN, condition={"kind": "group", "groups": ["plus"]}),
        a_promotion("item", set_of(3, price_to("99.00"))),
        a_promotion("order", TEN, starts_at=LATER, ends_at=EVEN_LATER),
        of_condition({"kind": "window", "starts_at": LATER, "ends_at": EVEN_LATER}),
    ],
)
def test_a_sound_promotion_has_no_findings(promotion: Promotion) -> None:
    assert found(promotion) == []


@pytest.mark.parametrize(
    ("condition", "part", "code"),
    [
        (at_least("100.00", at_most={"CNY": "99.99"}), "condition", "empty_range"),
        ({"kind": "quantity", "at_least": 3, "at_most": 2}, "condition", "empty_range"),
        ({"kind": "order_number", "first": 3, "last": 2}, "condition", "empty_range"),
        (
            {"kind": "fact_range", "name": "a.b", "at_least": 3, "at_most": 2},
            *("condition", "empty_range"),
        ),
        ({"kind": "group", "groups": []}, "condition", "empty_list"),
        ({"kind": "channel", "channels": []}, "condition", "empty_list"),
        ({"kind": "payment_method", "methods": []}, "condition", "empty_list"),
        ({"kind": "fact", "name": "a.b", "values": []}, "condition", "empty_list"),
        ({"kind": "not", "of": {"kind": "always"}}, "condition", "never"),
        (
            {"kind": "all", "of": [{"kind": "always"}, {"kind": "level", "levels": []}]},
            *("condition.of[1]", "empty_list"),
        ),
        (
            {"kind": "all", "of": [{"kind": "window", "ends_at": NOW.isoformat()}]},
            *("condition.of[0]", "windows_apart"),
        ),
    ],
)
def test_a_condition_that_can_never_be_met_is_refused(
    condition: Document, part: str, code: str
) -> None:
    promotion = a_promotion("order", TEN, condition=condition, starts_at=LATER, ends_at=EVEN_LATER)
    assert found(promotion) == [(part, code)]
    assert review(promotion)[0].is_refusal


@pytest.mark.parametrize(
    ("benefit", "part", "code"),
    [
        (
            goods_off(percent("10"), goods=having("brand")),
            *("benefits[0].goods", "empty_list"),
        ),
        (
            goods_off(percent("10"), goods={"kind": "any", "of": []}),
            *("benefits[0].goods", "empty_list"),
        ),
        (
            goods_off(
                percent("10"),
                goods={"kind": "price_range", "at_least": {"CNY": "9"}, "at_most": {"CNY": "8"}},
            ),
            *("benefits[0].goods", "empty_range"),
        ),
        (
            goods_off(tiers("amount", ("10.00", amount("15.00")))),
            *("benefits[0].reduction.tiers[0]", "more_than_tier"),
        ),
        (
            goods_off(tiers("quantity", (2, percent("20")), (3, percent("10")))),
            *("benefits[0].reduction.tiers[1]", "falling_tiers"),
        ),
        (
            goods_off(tiers("amount", ("100.00", amount("20.00")), ("200.00", amount("10.00")))),
            *("benefits[0].reduction.tiers[1]", "falling_tiers"),
        ),
        (goods_off(percent("100")), "benefits[0].reduction", "free_goods"),
        (goods_off(price_to("0")), "benefits[0].reduction", "free_goods"),
        (goods_off(amount("15.00")), "benefits[0].reduction", "more_than_condition"),
        (
            goods_off(percent("10"), cap={"USD": "5.00"}),
            *("benefits[0].cap", "no_currency"),
        ),
    ],
)
def test_a_benefit_at_fault_is_named(benefit: Document, part: str, code: str) -> None:
    assert found(a_promotion("order", benefit)) == [(part, code)]


def test_a_promotion_fits_its_lane() -> None:
    shipping = a_promotion("shipping", {"kind": "shipping", "reduction": percent("100")})
    settings = PricingSettings(lanes=(Lane.ITEM, Lane.ORDER))
    assert found(shipping, settings=settings) == [("lane", "unused_lane")]
    assert found(shipping) == []


@pytest.mark.parametrize(
    ("details", "part", "code"),
    [
        ({"condition": at_least("100.00")}, "condition", "not_in_lists"),
        ({"by_coupon": True}, "by_coupon", "not_in_lists"),
        ({"limits": [{"kind": "uses", "most": 3}]}, "limits[0]", "no_limit_in_lists"),
        ({"benefits": [set_of(2, percent("50"))]}, "benefits[0]", "not_in_lists"),
        ({"benefits": [goods_off(percent("5"), units={"most": 1})]}, "benefits[0]", "not_in_lists"),
    ],
)
def test_a_price_in_lists_does_not_depend_on_the_cart(
    details: dict[str, Any], part: str, code: str
) -> None:
    assert found(a_promotion("catalogue", TEN, **details)) == [(part, code)]


def test_a_promotion_that_has_ended_is_warned_of() -> None:
    ended = a_promotion("order", TEN, ends_at=NOW.isoformat())
    assert found(ended) == [("ends_at", "has_ended")]
    assert not review(ended)[0].is_refusal


def exclusive(code: str, benefit: Document = TEN, **details: Any) -> Promotion:
    details = {"exclusive": "lane", "condition": at_least("100.00"), **details}
    return a_promotion("order", benefit, code=code, **details)


def test_two_exclusive_promotions_of_one_period_and_the_same_goods_are_warned_of() -> None:
    mine, other = exclusive("mine"), exclusive("other")
    assert found(mine, other, mine) == [("exclusive", "both_exclusive")]
    assert review(mine, [other])[0].values == {"other": other.label}
    later = exclusive("other", starts_at=LATER)
    assert found(exclusive("mine", ends_at=LATER), later) == []
    hills, oven = (goods_off(percent("5"), goods=having("brand", it)) for it in ("hills", "oven"))
    assert found(exclusive("mine", hills), exclusive("other", oven)) == []
    assert found(exclusive("mine", hills), exclusive("other", hills)) != []
    item = a_promotion("item", TEN, code="item", exclusive="lane", condition=at_least("1"))
    assert found(mine, item) == []


def test_a_promotion_that_another_always_closes_is_warned_of() -> None:
    always = exclusive("always", condition={"kind": "always"}, exclusive="overall")
    mine = a_promotion("item", TEN, code="mine")
    assert found(mine, always) == [("lane", "always_closed")]
    assert found(mine, exclusive("other", exclusive="overall")) == []
    short = exclusive("short", condition={"kind": "always"}, exclusive="overall", ends_at=LATER)
    assert found(mine, short) == []
    catalogue = a_promotion("catalogue", TEN, code="sale")
    assert found(catalogue, always) == []


def test_refusals_come_before_warnings() -> None:
    promotion = a_promotion(
        "order",
        goods_off(percent("100")),
        condition=at_least("5", at_most={"CNY": "4"}),
        ends_at=NOW.isoformat(),
    )
    assert found(promotion) == [("condition", "empty_range"), ("ends_at", "has_ended")]
    assert not set(REFUSALS) & set(WARNINGS)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"kind": "channel", "channels": ["app"]}, "no_channel"),
        ({"kind": "payment_method", "methods": ["alipay"]}, "no_payment_method"),
        ({"kind": "level", "levels": ["gold"]}, "no_level"),
        ({"kind": "fact", "name": "birthday", "values": ["true"]}, "no_fact"),
        ({"kind": "fact_range", "name": "visits", "at_least": 3}, "no_fact"),
    ],
)
def test_a_condition_that_no_cart_of_the_shop_can_meet_is_warned_of(
    condition: Document, code: str
) -> None:
    assert found(of_condition(condition)) == [("condition", code)]
    inside = {"kind": "any", "of": [condition, at_least("10.00")]}
    assert found(of_condition(inside)) == [("condition.of[0]", code)]


def test_a_limit_for_each_value_of_a_fact_that_nothing_states_is_warned_of() -> None:
    limited = a_promotion("order", TEN, limits=[{"kind": "uses", "most": 1, "per": "telephone"}])
    assert found(limited) == [("limits[0].per", "no_limit_fact")]


def test_the_channels_of_the_shop_are_not_warned_of() -> None:
    assert found(of_condition({"kind": "channel", "channels": ["web", "app"]})) == []
    assert found(of_condition({"kind": "channel", "channels": ["api"]})) == []
