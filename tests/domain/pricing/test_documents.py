"""Promotions are written to documents and read again; errors name the path."""

import json
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from core.domain.errors import Invalid
from core.domain.pricing.promotions.arguments import ARGUMENT, ArgumentType, Family
from core.domain.pricing.promotions.documents.kinds import KINDS, LABELS, arguments_of
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.promotion import Promotion

EXAMPLE: dict[str, Any] = {
    "code": "double-eleven",
    "label": {"zh": "双十一满300减50", "en": "50 off 300"},
    "lane": "cross_seller",
    "benefits": [
        {
            "kind": "goods",
            "reduction": {
                "kind": "amount_tiers",
                "tiers": [
                    {
                        "at_least": {"CNY": "300.00", "JPY": "6000"},
                        "reduction": {"kind": "amount", "amount": {"CNY": "50.00", "JPY": "1000"}},
                    }
                ],
                "is_repeated": True,
                "most_times": 20,
            },
            "goods": {
                "kind": "all",
                "of": [
                    {"kind": "having", "by": "category", "values": ["tableware"]},
                    {"kind": "not", "of": {"kind": "on_sale"}},
                    {"kind": "price_range", "at_most": {"CNY": "999.00"}, "price": "list"},
                ],
            },
            "units": {"order": "dearest", "most": 10},
            "cap": {"CNY": "500.00"},
            "calculation": {"rounding": "half_even", "step": 10, "per": "line", "base": "list"},
        },
        {
            "kind": "set",
            "parts": [{"units": 2}],
            "reduction": {"kind": "percent", "percent": "33.3333"},
            "reduced": 1,
        },
        {"kind": "gift", "sku": "MUG", "for_each": {"CNY": "100.00"}},
        {"kind": "add_on", "skus": ["TEA", "CAKE"], "price": {"CNY": "9.90"}},
        {"kind": "points", "points": 3},
        {"kind": "coupon", "batch": "winter"},
        {"kind": "shipping", "reduction": {"kind": "percent", "percent": "100"}},
    ],
    "condition": {
        "kind": "any",
        "of": [
            {"kind": "amount", "at_least": {"CNY": "300.00"}, "price": "shown"},
            {"kind": "time_of_week", "days": ["sat", "sun"], "since": "20:00", "until": "22:30"},
            {"kind": "window", "starts_at": "2026-11-11T00:00:00+08:00"},
            {"kind": "fact_range", "name": "member.months", "at_least": -1},
            {"kind": "not", "of": {"kind": "order_number", "last": 1}},
        ],
    },
    "starts_at": "2026-11-01T00:00:00+08:00",
    "ends_at": "2026-11-12T00:00:00+08:00",
    "priority": -5,
    "exclusive": "lane",
    "by_coupon": True,
    "borne_by": {"shop": 30, "seller": 70},
    "limits": [{"kind": "uses", "most": 3, "per": "person", "given_back": "never"}],
}


def test_a_document_that_was_read_is_written_as_it_was() -> None:
    written = to_document(from_document(EXAMPLE))
    assert written == EXAMPLE
    assert json.loads(json.dumps(written)) == EXAMPLE


def test_what_was_written_is_read_as_the_same_promotion() -> None:
    promotion = from_document(EXAMPLE)
    assert from_document(json.loads(json.dumps(to_document(promotion)))) == promotion


@pytest.mark.parametrize(
    ("path", "value", "field", "reason"),
    [
        (("code",), None, "code", "text"),
        (("code",), "", "code", "text"),
        (("colour",), "red", "colour", "not known"),
        (("lane",), "points", "lane", "points"),
        (("lane",), "garden", "lane", "catalogue, item"),
        (("label",), {"fr": "offre"}, "label", "language"),
        (("label",), "offer", "label", "each language"),
        (("benefits",), [], "benefits", "benefit"),
        (("benefits",), {}, "benefits", "list"),
        (("benefits", 0, "kind"), "cash", "benefits[0].kind", "goods, shipping"),
        (("benefits", 0, "units"), [], "benefits[0].units", "named values"),
        (("benefits", 0, "units", "most"), -1, "benefits[0].units.most", "zero or more"),
        (("benefits", 0, "units", "most"), True, "benefits[0].units.most", "whole number"),
        (("benefits", 0, "units", "most"), 10**13, "benefits[0].units.most", "whole number"),
        (("benefits", 0, "includes_shipping"), 1, "benefits[0].includes_shipping", "true"),
        (("benefits", 0, "cap", "CNY"), "1.001", "benefits[0].cap.CNY", "amount"),
        (("benefits", 0, "cap", "CNY"), 5, "benefits[0].cap.CNY", "text"),
        (("benefits", 0, "cap", "yuan"), "5.00", "benefits[0].cap.yuan", "currency"),
        (("benefits", 0, "cap"), "5.00 CNY", "benefits[0].cap", "each currency"),
        (("benefits", 0, "reduction", "is_repeated"), False, None, ""),
        (("benefits", 0, "reduction", "tiers"), [], "benefits[0].reduction.tiers", "tier"),
        (
            ("benefits", 0, "reduction", "tiers", 0, "reduction"),
            EXAMPLE["benefits"][1]["reduction"],
            *("benefits[0].reduction.is_repeated", "amount"),
        ),
        (("benefits", 1, "reduction", "percent"), "0", "benefits[1].reduction.percent", "above 0"),
        (("benefits", 1, "reduction", "percent"), "x", "benefits[1].reduction.percent", "12.5"),
        (("benefits", 1, "reduction", "percent"), 12.5, "benefits[1].reduction.percent", "text"),
        (("benefits", 1, "reduction", "percent"), True, "benefits[1].reduction.percent", "text"),
        (("benefits", 1, "reduction", "percent"), 12, None, ""),
        (("benefits", 1, "reduction", "percent"), "NaN", "benefits[1].reduction.percent", "12.5"),
        (
            ("benefits", 1, "reduction", "percent"),
            "1.23456",
            "benefits[1].reduction.percent",
            "12.5",
        ),
        (("benefits", 1, "reduced"), 3, "benefits[1].reduced", "fewer units"),
        (("benefits", 1, "parts", 0, "units"), 0, "benefits[1].parts[0].units", "at least one"),
        (("condition", "of", 1, "days", 0), "fryday", "condition.of[1].days[0]", "mon, tue"),
        (("condition", "of", 1, "since"), "25:00", "condition.of[1].since", "22:30"),
        (("condition", "of", 2, "starts_at"), "2026-11-11", "condition.of[2].starts_at", "offset"),
        (
            ("condition", "of", 2, "starts_at"),
            "9999-12-31T23:59:59Z",
            "condition.of[2].starts_at",
            "2999",
        ),
        (("condition", "of"), [], "condition.of", "condition"),
        (("ends_at",), "2026-01-01T00:00:00Z", "ends_at", "after the start"),
        (("ends_at",), "9999-12-31T23:59:59Z", "ends_at", "2999"),
        (("starts_at",), "0001-01-01T00:00:00+14:00", "starts_at", "2000"),
        (("borne_by",), {}, "borne_by", "share"),
        (("borne_by", "shop"), 0, "borne_by", "above zero"),
        (("limits", 0, "kind"), "luck", "limits[0].kind", "uses, spend"),
    ],
)
def test_an_error_names_the_path_of_the_value(
    path: tuple[str | int, ...], value: object, field: str | None, reason: str
) -> None:
    document = json.loads(json.dumps(EXAMPLE))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    if field is None:
        from_document(document)
        return
    with pytest.raises(Invalid, match=reason) as error:
        from_document(document)
    assert error.value.field == field


@pytest.mark.parametrize("missing", ["code", "label", "lane", "benefits"])
def test_a_missing_value_is_named(missing: str) -> None:
    document = {name: value for name, value in EXAMPLE.items() if name != missing}
    with pytest.raises(Invalid, match="missing") as error:
        from_document(document)
    assert error.value.field == missing


def test_conditions_that_are_nested_too_deeply_are_refused() -> None:
    condition: dict[str, Any] = {"kind": "always"}
    for _ in range(100):
        condition = {"kind": "not", "of": condition}
    with pytest.raises(Invalid, match="nested too deeply"):
        from_document({**EXAMPLE, "condition": condition})


def test_a_document_that_would_make_prices_slow_is_refused() -> None:
    many = [{"kind": "always"}] * 500
    with pytest.raises(Invalid, match="more than 500 parts"):
        from_document({**EXAMPLE, "condition": {"kind": "all", "of": many}})
    few = [{"kind": "always"}] * 400
    from_document({**EXAMPLE, "condition": {"kind": "all", "of": few}})
    skus = {"kind": "having", "by": "sku", "values": ["A"] * 5_001}
    with pytest.raises(Invalid, match="5000 values"):
        from_document({**EXAMPLE, "condition": {"kind": "contains", "goods": skus}})
    with pytest.raises(Invalid, match="at most 20 benefits"):
        from_document({**EXAMPLE, "benefits": EXAMPLE["benefits"][1:2] * 21})


def test_each_kind_has_a_name_of_its_own_and_declares_all_of_its_fields() -> None:
    for family, labels in LABELS.items():
        assert len(KINDS[family]) == len(labels) >= 5
        for kind in labels:
            assert is_dataclass(kind)
            assert [each.name for each in fields(kind)] == [
                argument.name for argument in arguments_of(kind)
            ]


def test_an_argument_says_what_a_form_needs() -> None:
    arguments = {
        argument.name: argument for argument in arguments_of(KINDS[Family.CONDITION]["amount"])
    }
    price = arguments["price"]
    assert (price.label, price.value_type, price.is_required) == (
        "Which price",
        ArgumentType.CHOICE,
        False,
    )
    assert price.choices is not None
    assert [each.value for each in price.choices] == ["list", "shown", "lane", "now"]
    assert arguments["goods"].family is Family.FILTER
    assert {argument.name for argument in arguments_of(Promotion) if argument.is_required} == {
        "code",
        "label",
        "lane",
        "benefits",
    }
    assert all(ARGUMENT in each.metadata for each in fields(Promotion))
