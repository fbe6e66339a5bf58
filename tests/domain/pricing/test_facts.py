"""Conditions on facts of plugins: what is not known meets no condition, nor its opposite."""

from typing import Any

import pytest

from core.domain.pricing.facts import FactKind, read_fact, written
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.refunds.frozen import freeze
from core.domain.pricing.rules import PricingRules
from tests.domain.pricing.shop import Document, a_promotion, a_request, amount, goods_off, priced
from tests.domain.pricing.test_conditions import is_met
from tests.domain.pricing.test_review import of_condition, review

GOLD = {"kind": "fact", "name": "member.level", "values": ["gold", "black"]}
VISITS = {"kind": "fact_range", "name": "visits", "at_least": 3}
NEVER = {"kind": "channel", "channels": ["never"]}
KNOWN = {"member.level": FactKind.CHOICE, "visits": FactKind.NUMBER, "vip": FactKind.FLAG}


def not_(condition: Document) -> Document:
    return {"kind": "not", "of": condition}


@pytest.mark.parametrize(
    "condition",
    [
        GOLD,
        VISITS,
        not_(GOLD),
        not_(VISITS),
        not_({"kind": "any", "of": [NEVER, GOLD]}),
        not_({"kind": "all", "of": [GOLD, VISITS]}),
    ],
)
def test_what_is_not_known_meets_no_condition(condition: Document) -> None:
    assert is_met(condition) == "fact_unknown"
    frozen_rules = freeze_with(condition)
    assert priced(a_request("tea 60"), *frozen_rules).total == 6_000


def freeze_with(condition: Document) -> tuple[Promotion, ...]:
    """The promotion with this condition as an order without facts keeps it."""
    promotion = a_promotion("order", goods_off(amount("1.00")), condition=condition)
    request, rules = a_request("tea 60"), PricingRules(promotions=(promotion,))
    quote = priced(request, promotion)
    return freeze(request, rules, quote, {"tea": "1"}).rules.promotions


@pytest.mark.parametrize(
    ("condition", "facts", "reason"),
    [
        (not_(GOLD), {"member.level": "silver"}, ""),
        (not_(GOLD), {"member.level": "gold"}, "excluded"),
        ({"kind": "any", "of": [NEVER, GOLD]}, {"member.level": "black"}, ""),
        (VISITS, {"visits": 3}, ""),
        (VISITS, {"visits": 2}, "other_facts"),
    ],
)
def test_what_is_known_decides(condition: Document, facts: Any, reason: str) -> None:
    assert is_met(condition, facts=facts) == reason


def test_a_limit_for_each_value_of_a_fact_needs_the_fact() -> None:
    limit = {"kind": "uses", "most": 1, "per": "phone"}
    promotion = a_promotion("order", goods_off(amount("1.00")), limits=[limit])
    (notice,) = priced(a_request("tea 60"), promotion).not_applied
    assert notice.reason.code == "fact_unknown"
    assert PricingRules(promotions=(promotion,)).facts == {"phone"}


def test_rules_know_the_facts_that_they_ask_for() -> None:
    nested = of_condition({"kind": "all", "of": [not_(GOLD), VISITS]})
    assert PricingRules(promotions=(nested,)).facts == {"member.level", "visits"}


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (GOLD, ""),
        ({"kind": "fact", "name": "vip", "values": ["true"]}, ""),
        ({"kind": "fact", "name": "vip", "values": ["yes"]}, "fact_is_flag"),
        ({"kind": "fact", "name": "visits", "values": ["many"]}, "fact_is_number"),
        ({"kind": "fact", "name": "visits", "values": ["-3"]}, ""),
        ({"kind": "fact_range", "name": "member.level", "at_least": 1}, "fact_is_no_number"),
        ({"kind": "fact", "name": "birthday", "values": ["true"]}, "no_fact"),
        ({"kind": "all", "of": [GOLD, {**GOLD, "values": ["silver"]}]}, "facts_apart"),
        (
            {"kind": "all", "of": [VISITS, {**VISITS, "at_least": None, "at_most": 2}]},
            "facts_apart",
        ),
        (
            {"kind": "all", "of": [VISITS, {**GOLD, "name": "visits", "values": ["2"]}]},
            "facts_apart",
        ),
        ({"kind": "all", "of": [VISITS, {**GOLD, "name": "visits", "values": ["9"]}]}, ""),
        ({"kind": "any", "of": [GOLD, {**GOLD, "values": ["silver"]}]}, ""),
    ],
)
def test_the_review_knows_what_each_fact_can_be(condition: Document, code: str) -> None:
    findings = review(of_condition(condition), facts=KNOWN)
    assert [each.code for each in findings] == ([code] if code else [])


def test_lists_of_goods_know_no_facts() -> None:
    promotion = a_promotion("catalogue", goods_off(amount("1.00")), condition=GOLD)
    assert review(promotion, facts=KNOWN)[0].code == "not_in_lists"


@pytest.mark.parametrize(
    ("kind", "fact"),
    [(FactKind.FLAG, True), (FactKind.FLAG, False), (FactKind.NUMBER, -2), (FactKind.CHOICE, "x")],
)
def test_a_written_fact_can_be_read(kind: FactKind, fact: Any) -> None:
    assert read_fact(kind, written(fact)) == fact
    assert type(fact) is kind.type
