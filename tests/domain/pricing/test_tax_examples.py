"""Taxes by the published examples of other shops, platforms and tax offices."""

from dataclasses import replace

import pytest

from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.taxes.lines import TaxableLine, TaxableShipping
from core.domain.pricing.taxes.rates import TaxZone
from core.domain.pricing.taxes.settings import Abroad, Level, TaxBase, TaxSettings
from tests.domain.pricing.taxation import a_line, a_rate, amounts, taxes, total_tax

HOME, GREAT_BRITAIN, TEXAS = TaxZone("XX"), TaxZone("GB"), TaxZone("US", "TX")
INCLUDED = TaxSettings(prices_include_tax=True, origin=HOME)
ADDED = TaxSettings(prices_include_tax=False, origin=HOME)

SYLIUS_RATES = [a_rate("0.23", tax_class="clothes"), a_rate("0.10", tax_class="mugs")]
T_SHIRTS = a_line(1000, 1000, key="t-shirts", tax_class="clothes")


def mugs(*units: int) -> TaxableLine:
    return a_line(*units, key="mugs", tax_class="mugs")


@pytest.mark.parametrize(
    ("settings", "lines", "total", "tax"),
    [
        (ADDED, [mugs(4595)], 5055, 460),
        (ADDED, [mugs(4594)], 5053, 459),
        (ADDED, [T_SHIRTS, mugs(4595)], 7515, 920),
        (ADDED, [T_SHIRTS, mugs(4595, 4595)], 12569, 1379),
        (INCLUDED, [mugs(4695)], 4695, 427),
        (INCLUDED, [mugs(4690)], 4690, 426),
        (INCLUDED, [T_SHIRTS, mugs(4695)], 6695, 801),
        (INCLUDED, [T_SHIRTS, mugs(4695, 4695)], 11390, 1228),
    ],
)
def test_taxes_of_lines_are_those_of_sylius(
    settings: TaxSettings, lines: list[TaxableLine], total: int, tax: int
) -> None:
    """Sylius: `applying_correct_taxes_for_order_with_discount_for_an_item_in_order.feature`."""
    result = taxes(lines, SYLIUS_RATES, settings)
    assert (result.total, total_tax(result)) == (total, tax)


def test_taxes_of_units_are_those_of_sylius() -> None:
    """Sylius: `applying_correct_taxes_for_item_units_with_discount_for_item.feature`."""
    by_unit = replace(ADDED, level=Level.UNIT, rounding_level=Level.UNIT)
    result = taxes([T_SHIRTS, mugs(4595, 4595)], SYLIUS_RATES, by_unit)
    assert (result.total, total_tax(result)) == (12570, 1380)


def test_quebec_before_2013_taxed_the_federal_tax_too() -> None:
    """QST of 9.5 % on the price with GST is 9.975 % of the price: Revenu Québec, 2013 rates."""
    rates = [a_rate("0.05", "gst"), a_rate("0.095", "qst", priority=1, compound=True)]
    result = taxes([a_line(10000)], rates, ADDED)
    assert amounts(result.lines["line"]) == {"gst": 500, "qst": 998}
    assert result.total == 11498
    flat = [a_rate("0.05", "gst"), a_rate("0.09975", "qst")]
    assert taxes([a_line(10000)], flat, ADDED).total == 11498


@pytest.mark.parametrize(
    ("settings", "tax"),
    [
        (ADDED, 425 * 4),
        (replace(ADDED, rounding_level=Level.ORDER), 849 * 2),
        (replace(ADDED, level=Level.ORDER), 849 * 2),
    ],
)
def test_dynamics_rounds_each_code_by_line_or_by_document(settings: TaxSettings, tax: int) -> None:
    """*Sales tax calculation and rounding*, Dynamics 365: two lines of 42.42, two codes, up."""
    up = replace(settings, rounding=Rounding(RoundingMode.UP))
    rates = [a_rate("0.10", "code 1"), a_rate("0.10", "code 2")]
    result = taxes([a_line(4242, key="1"), a_line(4242, key="2")], rates, up)
    assert total_tax(result) == tax


SHOPIFY_RATES = [
    a_rate("0.10", zone=HOME),
    a_rate("0.20", zone=GREAT_BRITAIN),
    a_rate("0.0725", "sales tax", TaxZone("US", "CA"), included=False),
]


@pytest.mark.parametrize(
    ("zone", "price", "paid"),
    [
        (None, 10000, 10000),
        (HOME, 10000, 10000),
        (GREAT_BRITAIN, 10909, 10909),
        (TaxZone("AE"), 9091, 9091),
        (TaxZone("US", "CA"), 9091, 9091 + 659),
    ],
)
def test_prices_abroad_keep_their_net_like_in_shopify(
    zone: TaxZone | None, price: int, paid: int
) -> None:
    """*Dynamic tax-inclusive pricing*, Shopify help: $100 with 10 % at home."""
    result = taxes([a_line(10000)], SHOPIFY_RATES, INCLUDED, zone)
    assert result.lines["line"].units == (price,)
    assert result.lines["line"].paid_units == (paid,)


def at(level: Level, settings: TaxSettings = ADDED) -> TaxSettings:
    return replace(settings, level=level, rounding_level=level)


@pytest.mark.parametrize(
    ("level", "by_line"),
    [(Level.UNIT, [83, 91]), (Level.LINE, [83, 91]), (Level.ORDER, [83, 90])],
)
def test_magento_calculates_by_unit_row_or_total(level: Level, by_line: list[int]) -> None:
    """Magento: `excluding_tax_multi_item_unit.php`, `…_row.php`, `…_total.php`."""
    lines = [a_line(1000, key="simple1"), a_line(1100, key="simple2")]
    result = taxes(lines, [a_rate("0.0825")], at(level))
    assert [amounts(line)["vat"] for line in result.lines.values()] == by_line


MAGENTO_ABROAD = [a_rate("0.10", zone=HOME), a_rate("0.20", zone=TEXAS)]


@pytest.mark.parametrize(
    ("abroad", "price", "tax"), [(Abroad.KEEP_NET, 1090, 364), (Abroad.KEEP_GROSS, 999, 334)]
)
def test_magento_trades_across_borders_or_not(abroad: Abroad, price: int, tax: int) -> None:
    """Magento: `including_tax_cross_border_trade_disabled.php` and `…_enabled.php`."""
    settings = at(Level.UNIT, replace(INCLUDED, abroad=abroad))
    result = taxes([a_line(999, 999)], MAGENTO_ABROAD, settings, TEXAS)
    assert result.lines["line"].paid_units == (price, price)
    assert total_tax(result) == tax


@pytest.mark.parametrize(
    ("compound", "level", "texas", "austin"),
    [(True, Level.UNIT, 80, 60), (False, Level.ORDER, 75, 55)],
)
def test_magento_calculates_a_second_tax_on_the_first_or_on_the_subtotal(
    level: Level, texas: int, austin: int, *, compound: bool
) -> None:
    """Magento: `multi_tax_rule_unit_calculate_subtotal_no.php`, `…_total_…_yes.php`."""
    rates = [
        a_rate("0.075", "texas", priority=1),
        a_rate("0.055", "austin", priority=2, compound=compound),
    ]
    result = taxes([a_line(*[100] * 10)], rates, at(level))
    assert amounts(result.lines["line"]) == {"texas": texas, "austin": austin}


def test_magento_taxes_before_the_discount() -> None:
    """Magento: `excluding_tax_apply_tax_before_discount.php`."""
    shipping = TaxableShipping(tax_class="goods", amount=1000, list_amount=1000)
    before = replace(ADDED, base=TaxBase.BEFORE_DISCOUNT)
    line = a_line(500, 500, before=(1000, 1000))
    result = taxes([line], [a_rate("0.20")], before, shipping=shipping)
    assert (total_tax(result), result.total) == (600, 2600)


VENDURE_RATES = [
    a_rate("0.21", "standard"),
    a_rate("0.09", "reduced", tax_class="reduced"),
    a_rate("0.50", "tax 50", tax_class="extra"),
    a_rate("0.20", "tax 20", tax_class="extra"),
    a_rate("0.20", "shipping tax", tax_class="shipping"),
]
VENDURE_LINES = [a_line(102, key="a"), a_line(215, key="b")]


@pytest.mark.parametrize(("level", "total"), [(Level.LINE, 383), (Level.ORDER, 384)])
def test_vendure_rounds_each_line_or_each_rate(level: Level, total: int) -> None:
    """Vendure: `order-tax-summary-calculation-strategy.spec.ts`."""
    assert taxes(VENDURE_LINES, VENDURE_RATES, at(level)).total == total


def test_vendure_rounds_several_rates_apart() -> None:
    """Vendure: “handles multiple tax rates”."""
    lines = [*VENDURE_LINES, a_line(500, key="c", tax_class="reduced")]
    assert taxes(lines, VENDURE_RATES, at(Level.ORDER)).total == 817 + 67 + 45


def test_vendure_taxes_a_surcharge_twice_and_shipping_by_its_own_rate() -> None:
    """Vendure: “includes surcharges with multiple tax lines”, “handles shipping lines”."""
    shipping = TaxableShipping(tax_class="shipping", amount=500, list_amount=500)
    surcharge = a_line(400, key="extra", tax_class="extra")
    result = taxes([surcharge], VENDURE_RATES, ADDED, shipping=shipping)
    assert amounts(result.lines["extra"]) == {"tax 50": 200, "tax 20": 80}
    assert amounts(result.shipping) == {"shipping tax": 100}
