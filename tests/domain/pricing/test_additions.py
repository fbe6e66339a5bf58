"""Gifts, add-ons and grants: what a promotion adds."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.errors import MAX_LINE_QUANTITY, AlreadyExists, Invalid
from core.domain.pricing.quote import Quote
from core.domain.pricing.request import PriceRequest, RequestLine
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.settings import PricingSettings
from tests.domain.pricing.shop import (
    NOW,
    Document,
    a_promotion,
    a_request,
    amount,
    at_least,
    goods_off,
    lines_of,
    paid,
    percent,
    price_to,
    priced,
    quoted,
    reasons,
    set_of,
    tiers,
    yuan,
)

MUG = {"MUG": lines_of("mug 25")[0], "PLATE": lines_of("plate 30")[0]}


@pytest.mark.parametrize(
    ("benefit", "goods", "units"),
    [
        ({}, "tea 99", 1),
        ({"quantity": 3}, "tea 99", 3),
        ({"for_each": {"CNY": "100.00"}}, "tea 350", 3),
        ({"for_each": {"CNY": "100.00"}, "quantity": 2}, "tea 350", 6),
        ({"for_each": {"CNY": "100.00"}, "most_times": 2}, "tea 350", 2),
    ],
)
def test_a_gift_is_given_once_or_for_each_amount(benefit: Document, goods: str, units: int) -> None:
    gift = a_promotion("order", {"kind": "gift", "sku": "MUG", **benefit})
    line = quoted(goods, gift, additions=MUG).line("offer:MUG")
    assert (line.quantity, line.total) == (units, 0)


def test_what_is_missing_for_a_gift_is_said() -> None:
    gift = a_promotion("order", {"kind": "gift", "sku": "MUG", "for_each": {"CNY": "100.00"}})
    assert reasons(quoted("tea 99", gift, additions=MUG)) == {
        "offer": "Add 1.00 CNY more to get this offer."
    }


def test_a_gift_is_listed_once_in_a_promotion() -> None:
    gift = {"kind": "gift", "sku": "MUG"}
    with pytest.raises(Invalid, match="twice"):
        a_promotion("order", gift, gift)


def with_chosen(promotion: str, quantity: int, sku: str = "MUG", **details: Any) -> PriceRequest:
    chosen = RequestLine(
        key="chosen", sku=sku, quantity=quantity, list_price=2500, added_by=promotion
    )
    request = a_request("tea 120", additions=MUG, **details)
    return replace(request, lines=(*request.lines, chosen))


ADD_ON = a_promotion(
    "order",
    {"kind": "add_on", "skus": ["MUG", "PLATE"], "price": {"CNY": "9.90"}, "most": 3},
    condition=at_least("100.00"),
)


def offered(quote: Quote) -> dict[str, int]:
    return {each.sku: each.most for each in quote.additions}


def test_the_buyer_may_add_as_many_units_as_are_left() -> None:
    assert offered(priced(with_chosen("offer", 1), ADD_ON)) == {"MUG": 2, "PLATE": 2}
    quote = priced(with_chosen("offer", 4), ADD_ON)
    assert offered(quote) == {}
    assert yuan(quote.line("chosen").total) == "54.70"  # three at 9.90, one at 25
    assert reasons(quoted("tea 120", ADD_ON, additions=MUG)) == {
        "offer": "Choose an item of this offer to add."
    }
    assert reasons(quoted("tea 120", ADD_ON)) == {
        "offer": "The item of this offer is not available now."
    }


def test_an_added_line_keeps_its_price_if_the_promotion_does_not_apply() -> None:
    later = with_chosen("offer", 1)
    quote = priced(replace(later, lines=tuple(x for x in later.lines if x.key == "chosen")), ADD_ON)
    assert paid(quote) == {"chosen": "25"}
    other = priced(with_chosen("offer", 1, sku="LAMP"), ADD_ON)
    assert yuan(other.line("chosen").total) == "25"


def test_an_added_line_takes_part_in_no_other_promotion() -> None:
    all_off = a_promotion("order", goods_off(percent("50")), code="half", condition=at_least("130"))
    quote = priced(with_chosen("offer", 2), ADD_ON, all_off)
    assert paid(quote) == {"tea": "120", "chosen": "19.80"}


def test_points_pay_for_added_lines_too() -> None:
    quote = priced(with_chosen("offer", 1, points=99999), ADD_ON)
    assert (quote.total, quote.points) == (0, 12990)


@pytest.mark.parametrize(
    "benefit",
    [
        goods_off({"kind": "amount", "amount": {"USD": "1.00"}}),
        goods_off({"kind": "price_to", "price": {"USD": "1.00"}}),
        set_of(2, {"kind": "amount", "amount": {"USD": "1.00"}}),
        goods_off(percent("10"), cap={"USD": "1.00"}),
        set_of(2, percent("10"), cap={"USD": "1.00"}),
        goods_off(
            {
                "kind": "amount_tiers",
                "tiers": [{"at_least": {"USD": "1.00"}, "reduction": percent("10")}],
            }
        ),
        {"kind": "gift", "sku": "MUG", "for_each": {"USD": "1.00"}},
        {"kind": "add_on", "skus": ["MUG"], "price": {"USD": "1.00"}},
    ],
)
def test_a_benefit_does_not_apply_in_a_currency_without_an_amount(benefit: Document) -> None:
    quote = quoted("tea 60 x2", a_promotion("order", benefit), additions=MUG)
    assert yuan(quote.total) == "120"
    assert reasons(quote) == {"offer": "This offer does not apply in this currency."}


def test_points_for_an_amount_in_another_currency_are_not_granted() -> None:
    points = {"kind": "points", "points": 3, "for_each": {"USD": "1.00"}}
    assert quoted("tea 60", a_promotion("order", points)).grants == ()
    once = {"kind": "points", "points": 3}
    assert quoted("tea 60", a_promotion("order", once)).grants[0].amount == 3


@pytest.mark.parametrize(
    ("benefit", "field"),
    [
        ({"kind": "add_on", "skus": [], "price": {"CNY": "1"}}, "benefits[0].skus"),
        (goods_off(tiers("quantity", (0, percent("1")))), "benefits[0].reduction.at_least"),
        (
            goods_off(tiers("quantity", (1, tiers("quantity", (1, percent("1")))))),
            "benefits[0].reduction.tiers",
        ),
        (goods_off(percent("1"), calculation={"step": 0}), "benefits[0].calculation.step"),
        (goods_off(percent("1"), cap={"CNY": "-1"}), "benefits[0].cap.CNY"),
        (
            set_of(2, price_to("1"), parts=[{"units": 1, "keeps_price": True}]),
            "benefits[0].reduced",
        ),
        (set_of(2, percent("1"), parts=[]), "benefits[0].reduced"),
        (set_of(2, percent("1"), most_sets=-1), "benefits[0].most_sets"),
        (
            goods_off(tiers("amount", ("9", amount("1")), is_repeated=True, most_times=-1)),
            "benefits[0].reduction.most_times",
        ),
        ({"kind": "gift", "sku": "MUG", "quantity": 0}, "benefits[0].quantity"),
        ({"kind": "gift", "sku": "MUG", "quantity": 1000}, "benefits[0].quantity"),
        ({"kind": "gift", "sku": "MUG", "for_each": {"CNY": "0"}}, "benefits[0].for_each"),
        ({"kind": "add_on", "skus": ["S"] * 101, "price": {"CNY": "1"}}, "benefits[0].skus"),
        ({"kind": "points", "points": 0}, "benefits[0].points"),
        ({"kind": "points", "points": 10**10}, "benefits[0].points"),
        ({"kind": "points", "points": 1, "for_each": {"CNY": "0"}}, "benefits[0].for_each"),
        ({"kind": "coupon", "batch": "b", "quantity": 0}, "benefits[0].quantity"),
        ({"kind": "coupon", "batch": "b", "quantity": 101}, "benefits[0].quantity"),
        (set_of(2, percent("1"), parts=[{"units": 1}] * 21), "benefits[0].parts"),
        (set_of(2, tiers("quantity", (1, percent("1")))), "benefits[0].reduction"),
        (set_of(2, tiers("amount", ("9", percent("1")))), "benefits[0].reduction"),
        (
            goods_off(tiers("amount", ("0", amount("1")))),
            "benefits[0].reduction.at_least",
        ),
        (
            goods_off(tiers("amount", ("9", amount("1")), ("9", amount("2")))),
            "benefits[0].reduction.tiers",
        ),
        (
            goods_off(tiers("quantity", (2, percent("1")), (2, percent("2")))),
            "benefits[0].reduction.tiers",
        ),
    ],
)
def test_a_benefit_checks_its_arguments(benefit: Document, field: str) -> None:
    with pytest.raises(Invalid) as error:
        a_promotion("order", benefit)
    assert error.value.field == field


def test_requests_and_rules_are_consistent() -> None:
    line = lines_of("tea 60")[0]
    with pytest.raises(Invalid, match="same key"):
        PriceRequest(currency="CNY", at=NOW, lines=(line, line))
    with pytest.raises(Invalid, match="quantity"):
        replace(line, quantity=0)
    with pytest.raises(AlreadyExists):
        PricingRules(promotions=(ADD_ON, ADD_ON))


def test_an_empty_cart_costs_its_shipping() -> None:
    request = PriceRequest(currency="CNY", at=NOW, lines=())
    quote = priced(request, a_promotion("order", goods_off(amount("5.00"))))
    assert (quote.total, quote.lines) == (0, ())


def test_what_is_given_for_each_amount_has_a_bound() -> None:
    cups = a_promotion(
        "order", {"kind": "gift", "sku": "MUG", "quantity": 2, "for_each": {"CNY": "0.01"}}
    )
    given = quoted("tea 120", cups, additions=MUG).line("offer:MUG")
    assert given.quantity == MAX_LINE_QUANTITY
    points = a_promotion("order", {"kind": "points", "points": 10**9, "for_each": {"CNY": "0.01"}})
    assert [grant.amount for grant in quoted("tea 120", points).grants] == [10**9]


def test_an_added_line_is_not_below_its_lowest_price() -> None:
    free = a_promotion("order", {"kind": "add_on", "skus": ["MUG"], "price": {"CNY": "0"}})
    settings = PricingSettings(least_line=100)
    quote = priced(with_chosen("offer", 1, points=99999), free, settings=settings)
    assert paid(quote) == {"tea": "1", "chosen": "1"}
    assert quote.points == 11900
