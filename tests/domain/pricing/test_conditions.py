"""Conditions and filters: each kind, met and not met."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from core.domain.pricing.request import PricedCustomer
from tests.domain.pricing.shop import (
    Document,
    a_promotion,
    a_request,
    amount,
    at_least,
    goods_off,
    having,
    lines_of,
    priced,
    reasons,
    yuan,
)

PLUS = PricedCustomer(person="me", groups=frozenset({"plus"}), level="gold", paid_orders=2)


def is_met(condition: Document, goods: str = "tea 60 x2, mug 40", **details: Any) -> str:
    """The reason's code of a promotion with the condition; empty if it applies."""
    promotion = a_promotion("order", goods_off(amount("1.00")), condition=condition)
    quote = priced(a_request(goods, **{"customer": PLUS, **details}), promotion)
    return quote.not_applied[0].reason.code if quote.not_applied else ""


TEA = having("sku", "TEA")
NEVER = {"kind": "channel", "channels": ["never"]}
GOODS_CONDITIONS: list[tuple[Document, str]] = [
    (at_least("160.00"), ""),
    (at_least("160.01"), "amount_missing"),
    (at_least("120.00", goods=TEA), ""),
    (at_least("120.01", goods=TEA), "amount_missing"),
    ({"kind": "amount", "at_most": {"CNY": "160.00"}}, ""),
    ({"kind": "amount", "at_most": {"CNY": "159.99"}}, "too_many"),
    ({"kind": "amount", "at_least": {"USD": "1.00"}}, "other_currency"),
    ({"kind": "quantity", "at_least": 3}, ""),
    ({"kind": "quantity", "at_least": 4}, "units_missing"),
    ({"kind": "quantity", "at_least": 1, "at_most": 2}, "too_many"),
    ({"kind": "distinct_products", "at_least": 2}, ""),
    ({"kind": "distinct_products", "at_least": 3}, "products_missing"),
    ({"kind": "contains", "goods": TEA}, ""),
    ({"kind": "contains", "goods": having("sku", "PLATE")}, "goods_missing"),
    ({"kind": "all", "of": [at_least("1.00"), NEVER]}, "other_channel"),
    ({"kind": "all", "of": []}, ""),
    ({"kind": "any", "of": [NEVER, at_least("1.00")]}, ""),
    ({"kind": "any", "of": [NEVER, at_least("999.00")]}, "amount_missing"),
    ({"kind": "any", "of": [NEVER]}, "other_channel"),
    ({"kind": "not", "of": NEVER}, ""),
    ({"kind": "not", "of": at_least("1.00")}, "excluded"),
]


@pytest.mark.parametrize(("condition", "reason"), GOODS_CONDITIONS)
def test_a_condition_on_the_goods(condition: Document, reason: str) -> None:
    assert is_met(condition) == reason


@pytest.mark.parametrize(
    ("condition", "met", "not_met", "reason"),
    [
        (
            {"kind": "group", "groups": ["plus", "staff"]},
            {},
            {"customer": PricedCustomer()},
            "other_customers",
        ),
        ({"kind": "level", "levels": ["gold"]}, {}, {"customer": PricedCustomer()}, "other_level"),
        (
            {"kind": "order_number", "first": 3},
            {},
            {"customer": replace(PLUS, paid_orders=1)},
            "other_order",
        ),
        (
            {"kind": "order_number", "first": 1, "last": 3},
            {},
            {"customer": replace(PLUS, paid_orders=3)},
            "other_order",
        ),
        ({"kind": "order_number"}, {}, {"customer": PricedCustomer()}, "sign_in"),
        (
            {"kind": "channel", "channels": ["app"]},
            {"channel": "app"},
            {"channel": "web"},
            "other_channel",
        ),
        (
            {"kind": "destination", "places": ["CN/浙江省", "HK"]},
            {"destination": "CN/浙江省/杭州市"},
            {"destination": "CN/浙江"},
            "other_destination",
        ),
        (
            {"kind": "shipping_method", "methods": ["std"]},
            {"shipping": "12"},
            {},
            "other_shipping",
        ),
        (
            {"kind": "payment_method", "methods": ["unionpay"]},
            {"payment_method": "unionpay"},
            {"payment_method": "wechat"},
            "other_payment",
        ),
        (
            {"kind": "fact", "name": "member.birthday", "values": ["true"]},
            {"facts": {"member.birthday": True}},
            {"facts": {"member.birthday": False}},
            "other_facts",
        ),
        (
            {"kind": "fact", "name": "member.city", "values": ["1"]},
            {"facts": {"member.city": 1}},
            {},
            "fact_unknown",
        ),
        (
            {"kind": "fact_range", "name": "member.months", "at_least": 12, "at_most": 24},
            {"facts": {"member.months": 12}},
            {"facts": {"member.months": 25}},
            "other_facts",
        ),
        (
            {"kind": "fact_range", "name": "member.months", "at_least": 1},
            {"facts": {"member.months": 1}},
            {"facts": {"member.months": True}},
            "other_facts",
        ),
    ],
)
def test_a_condition_on_the_circumstances(
    condition: Document, met: dict[str, Any], not_met: dict[str, Any], reason: str
) -> None:
    assert is_met(condition, **met) == ""
    assert is_met(condition, **not_met) == reason


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2026-11-10T23:59:59+08:00", "not_started"),
        ("2026-11-11T00:00:00+08:00", ""),
        ("2026-11-11T15:59:59+00:00", ""),
        ("2026-11-12T00:00:00+08:00", "ended"),
    ],
)
def test_a_promotion_and_a_window_have_a_start_and_an_end(moment: str, reason: str) -> None:
    day = {"starts_at": "2026-11-11T00:00:00+08:00", "ends_at": "2026-11-12T00:00:00+08:00"}
    request = replace(a_request("tea 60"), at=datetime.fromisoformat(moment))
    one = a_promotion("order", goods_off(amount("1.00")), condition={"kind": "window", **day})
    other = a_promotion("order", goods_off(amount("1.00")), **day)
    for promotion in (one, other):
        notices = priced(request, promotion).not_applied
        assert [notice.reason.code for notice in notices] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("hours", "moment", "reason"),
    [
        ({"days": ["wed"]}, "2026-11-11T00:00:00+08:00", ""),
        ({"days": ["wed"]}, "2026-11-10T16:00:00+00:00", ""),  # midnight in China
        ({"days": ["wed"]}, "2026-11-12T00:00:00+08:00", "other_hours"),
        ({"since": "20:00", "until": "22:00"}, "2026-11-11T20:00:00+08:00", ""),
        ({"since": "20:00", "until": "22:00"}, "2026-11-11T22:00:00+08:00", "other_hours"),
        ({"days": ["fri"], "since": "22:00", "until": "02:00"}, "2026-11-13T23:00:00+08:00", ""),
        ({"days": ["fri"], "since": "22:00", "until": "02:00"}, "2026-11-14T01:59:00+08:00", ""),
        (
            {"days": ["fri"], "since": "22:00", "until": "02:00"},
            *("2026-11-13T01:00:00+08:00", "other_hours"),
        ),
        ({"days": ["fri"], "since": "22:00"}, "2026-11-14T00:00:00+08:00", "other_hours"),
    ],
)
def test_days_and_hours_are_those_of_the_shop(hours: Document, moment: str, reason: str) -> None:
    condition = {"kind": "time_of_week", **hours}
    promotion = a_promotion("order", goods_off(amount("1.00")), condition=condition)
    request = replace(a_request("tea 60"), at=datetime.fromisoformat(moment))
    notices = priced(request, promotion).not_applied
    assert [notice.reason.code for notice in notices] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("goods", "reduced"),
    [
        ({"kind": "everything"}, {"tea", "cake", "mug", "lamp"}),
        (having("sku", "TEA", "MUG"), {"tea", "mug"}),
        (having("product", "cake"), {"cake"}),
        (having("category", "food"), {"tea", "cake"}),  # a category contains those below it
        (having("brand", "hills"), {"tea", "mug"}),
        (having("seller", "kiln"), {"mug"}),
        (having("tag", "new"), {"lamp"}),
        (having("attribute", "colour=red"), {"lamp"}),
        (
            {"kind": "price_range", "at_least": {"CNY": "20.00"}, "at_most": {"CNY": "40.00"}},
            {"cake", "mug"},
        ),
        ({"kind": "price_range", "at_least": {"USD": "20.00"}}, set()),
        ({"kind": "on_sale"}, {"lamp"}),
        ({"kind": "discountable"}, {"tea", "cake", "mug", "lamp"}),
        ({"kind": "all", "of": [having("brand", "hills"), having("category", "teas")]}, {"tea"}),
        ({"kind": "any", "of": [having("sku", "TEA"), {"kind": "on_sale"}]}, {"tea", "lamp"}),
        ({"kind": "not", "of": having("category", "food")}, {"mug", "lamp"}),
    ],
)
def test_a_filter_chooses_goods(goods: Document, reduced: set[str]) -> None:
    lines = tuple(
        replace(line, tags=frozenset({"new"}), attributes=frozenset({"colour=red"}))
        if line.key == "lamp"
        else line
        for line in lines_of("tea 60, cake 20, mug 40, lamp 80, card 50")
    )
    ten = a_promotion("order", goods_off(amount("1.00"), goods=goods, calculation={"per": "line"}))
    quote = priced(replace(a_request("tea 1"), lines=lines), ten)
    assert {line.key for line in quote.lines if line.discount} == reduced
    if not reduced:
        assert reasons(quote) == {"offer": "No goods in the cart are part of this offer."}


def test_shipping_is_reduced_to_a_price_or_by_tiers_of_the_goods() -> None:
    to_five = {"kind": "shipping", "reduction": {"kind": "price_to", "price": {"CNY": "5.00"}}}
    promotion = a_promotion("shipping", to_five)
    assert yuan(priced(a_request("tea 60", shipping="12"), promotion).total) == "65"
    assert reasons(priced(a_request("tea 60"), promotion)) == {
        "offer": "This offer counts at checkout, if goods are shipped."
    }
    assert reasons(priced(a_request("tea 60", shipping="5"), promotion)) == {
        "offer": "The price is already as low as with this offer."
    }
