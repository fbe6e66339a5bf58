"""Every setting of the taxes of a shop."""

from dataclasses import replace

import pytest

from core.domain.pricing.arithmetic.rounding import Rounding
from core.domain.pricing.taxes.lines import TaxableShipping
from core.domain.pricing.taxes.rates import TaxZone
from core.domain.pricing.taxes.settings import (
    Abroad,
    Level,
    TaxBase,
    TaxSettings,
)
from tests.domain.pricing.taxation import a_line, a_rate, amounts, taxes, total_tax

HOME, GREAT_BRITAIN = TaxZone("XX"), TaxZone("GB")
INCLUDED = TaxSettings(prices_include_tax=True, origin=HOME)
ADDED = TaxSettings(prices_include_tax=False, origin=HOME)

RATES_ABROAD = [a_rate("0.10", zone=HOME), a_rate("0.20", zone=GREAT_BRITAIN)]


def test_prices_abroad_can_keep_their_gross() -> None:
    keeping = replace(INCLUDED, abroad=Abroad.KEEP_GROSS)
    result = taxes([a_line(12000)], RATES_ABROAD, keeping, GREAT_BRITAIN)
    assert (result.total, total_tax(result)) == (12000, 2000)


def test_shipping_keeps_its_price_abroad() -> None:
    rates = [*RATES_ABROAD, a_rate("0.20", zone=GREAT_BRITAIN, tax_class="shipping")]
    shipping = TaxableShipping(tax_class="shipping", amount=600, list_amount=600)
    result = taxes([a_line(10000)], rates, INCLUDED, GREAT_BRITAIN, shipping)
    assert result.shipping is not None
    assert result.shipping.paid_units == (600,)
    assert amounts(result.shipping) == {"vat": 100}
    assert result.total == 10909 + 600


def test_a_surcharge_below_zero_has_a_class_of_its_own() -> None:
    rates = [a_rate("0.20"), a_rate("0.05", tax_class="pallets")]
    deposit = a_line(-200, key="deposit", tax_class="pallets")
    result = taxes([a_line(1000), deposit], rates, ADDED)
    assert amounts(result.lines["deposit"]) == {"vat": -10}
    assert result.total == 1200 - 210


@pytest.mark.parametrize(
    ("base", "settings", "tax", "paid"),
    [
        (TaxBase.AFTER_DISCOUNT, ADDED, 160, 960),
        (TaxBase.BEFORE_DISCOUNT, ADDED, 200, 1000),
        (TaxBase.OWN, ADDED, 300, 1100),
        (TaxBase.AFTER_DISCOUNT, INCLUDED, 133, 800),
        (TaxBase.BEFORE_DISCOUNT, INCLUDED, 167, 800),
        (TaxBase.OWN, INCLUDED, 250, 800),
    ],
)
def test_the_base_is_after_or_before_the_discount_or_its_own(
    base: TaxBase, settings: TaxSettings, tax: int, paid: int
) -> None:
    line = a_line(800, before=(1000,), base=(1500,))
    result = taxes([line], [a_rate("0.20")], replace(settings, base=base))
    assert (total_tax(result), result.total) == (tax, paid)


def test_goods_without_a_base_price_of_their_own_are_taxed_after_the_discount() -> None:
    own = replace(ADDED, base=TaxBase.OWN)
    assert total_tax(taxes([a_line(800, before=(1000,))], [a_rate("0.20")], own)) == 160


def test_a_price_can_contain_one_tax_while_another_is_added() -> None:
    rates = [a_rate("0.20"), a_rate("0.05", "deposit fee", included=False)]
    result = taxes([a_line(1200)], rates, INCLUDED)
    assert amounts(result.lines["line"]) == {"deposit fee": 50, "vat": 200}
    assert result.lines["line"].paid_units == (1250,)
    assert {tax.base.minor for tax in result.lines["line"].taxes} == {1000}


def test_a_rate_of_zero_is_listed_with_its_base() -> None:
    (tax,) = taxes([a_line(1200)], [a_rate("0")], INCLUDED).lines["line"].taxes
    assert (tax.base.minor, tax.amount.minor, tax.rate) == (1200, 0, "0")


def test_tax_in_switzerland_can_be_rounded_to_five_rappen() -> None:
    by_five = replace(ADDED, rounding=Rounding(step=5))
    assert total_tax(taxes([a_line(1990)], [a_rate("0.081")], by_five)) == 160


@pytest.mark.parametrize(
    ("level", "rounding_level", "expected"),
    [
        (Level.UNIT, Level.UNIT, [(11,), (11,), (11, 11)]),
        (Level.UNIT, Level.LINE, [(11,), (11,), (11, 10)]),
        (Level.UNIT, Level.ORDER, [(11,), (10,), (11, 10)]),
        (Level.LINE, Level.UNIT, [(11,), (11,), (11, 10)]),
        (Level.LINE, Level.LINE, [(11,), (11,), (11, 10)]),
        (Level.LINE, Level.ORDER, [(11,), (10,), (11, 10)]),
        (Level.ORDER, Level.UNIT, [(11,), (10,), (11, 10)]),
    ],
)
def test_the_error_is_carried_on_below_the_rounding_level(
    level: Level, rounding_level: Level, expected: list[tuple[int, ...]]
) -> None:
    settings = replace(ADDED, level=level, rounding_level=rounding_level)
    lines = [a_line(105, key="a"), a_line(105, key="b"), a_line(105, 105, key="c")]
    result = taxes(lines, [a_rate("0.10")], settings)
    assert [line.unit_taxes[0] for line in result.lines.values()] == expected


def test_the_error_is_carried_on_for_each_rate_apart() -> None:
    rates = [a_rate("0.10"), a_rate("0.20", tax_class="other")]
    lines = [
        a_line(104, key="a"),
        a_line(102, key="b", tax_class="other"),
        a_line(104, key="c"),
        a_line(102, key="d", tax_class="other"),
    ]
    carried = replace(ADDED, rounding_level=Level.ORDER)
    result = taxes(lines, rates, carried)
    assert [amounts(line)["vat"] for line in result.lines.values()] == [10, 20, 11, 21]
