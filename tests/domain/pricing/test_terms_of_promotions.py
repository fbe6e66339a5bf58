"""The terms of a promotion in sentences for the buyer."""

import pytest

from core.domain.money import Money
from core.domain.pricing.promotions.terms import terms_of
from tests.domain.pricing.shop import (
    Document,
    a_promotion,
    amount,
    at_least,
    goods_off,
    having,
    percent,
    tiers,
)

FIRST_ORDER = {"kind": "order_number", "first": 1, "last": 1}
FREE_SHIPPING = {"kind": "shipping", "reduction": percent("100")}
TIERS = tiers("amount", ("99", amount("10")), ("199", amount("30")))


@pytest.mark.parametrize(
    ("benefit", "codes"),
    [
        (goods_off(amount("15")), ["term_amount"]),
        (goods_off(percent("12.50")), ["term_percent"]),
        (goods_off(percent("100")), ["term_free"]),
        (goods_off(percent("20"), cap={"CNY": "50"}), ["term_percent", "term_cap"]),
        (goods_off(TIERS), ["term_tier", "term_tier"]),
        (
            goods_off(percent("10"), goods=having("category", "teas")),
            ["term_percent", "term_some_goods"],
        ),
        (FREE_SHIPPING, ["term_shipping"]),
        ({"kind": "points", "points": 5}, []),
    ],
)
def test_each_common_benefit_has_a_sentence(benefit: Document, codes: list[str]) -> None:
    assert [term.code for term in terms_of(a_promotion("coupon", benefit), "CNY")] == codes


def test_a_percentage_has_no_zeros_at_its_end() -> None:
    (term,) = terms_of(a_promotion("coupon", goods_off(percent("12.50"))), "CNY")
    assert term.values == {"percent": "12.5"}


def test_conditions_that_all_count_are_terms() -> None:
    both = {"kind": "all", "of": [at_least("79"), FIRST_ORDER]}
    promotion = a_promotion("coupon", goods_off(amount("15")), condition=both)
    _, least, first = terms_of(promotion, "CNY")
    assert least.values == {"least": Money(7900, "CNY")}
    assert first.code == "term_first_order"


def test_terms_are_not_repeated() -> None:
    teas = having("category", "teas")
    promotion = a_promotion(
        "coupon", goods_off(amount("15"), goods=teas), condition=at_least("79", goods=teas)
    )
    codes = [term.code for term in terms_of(promotion, "CNY")]
    assert codes == ["term_amount", "term_some_goods", "term_least"]


def test_a_condition_that_need_not_count_is_no_term() -> None:
    for condition in (
        {"kind": "any", "of": [at_least("79"), FIRST_ORDER]},
        {"kind": "not", "of": FIRST_ORDER},
    ):
        promotion = a_promotion("coupon", goods_off(amount("15")), condition=condition)
        assert [term.code for term in terms_of(promotion, "CNY")] == ["term_amount"]


def test_another_currency_has_no_amounts() -> None:
    promotion = a_promotion("coupon", goods_off(amount("15")), condition=at_least("79"))
    assert terms_of(promotion, "USD") == ()
