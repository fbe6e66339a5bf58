"""Rounding, splitting, lowest prices, bases and units: the settings of the price engine."""

import pytest

from core.domain.errors import Invalid
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.arithmetic.splitting import SplitMethod
from core.domain.pricing.settings import PointsSettings, PriceBase, PricingSettings
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.pricing.taxes.settings import TaxSettings
from core.domain.text import Text
from tests.domain.pricing.shop import (
    Document,
    a_promotion,
    a_request,
    amount,
    goods_off,
    having,
    paid,
    percent,
    price_to,
    priced,
    quoted,
    set_of,
    tiers,
    yuan,
)


@pytest.mark.parametrize(
    ("rounded", "per", "pays"),
    [
        ("discount", "unit", {"tea": "0.06", "mug": "0.01"}),  # 0.025 a unit is 0.03 off
        ("price", "unit", {"tea": "0.09", "mug": "0.02"}),  # 0.025 a unit is 0.03 left
        ("discount", "line", {"tea": "0.07", "mug": "0.01"}),  # 0.075 a line is 0.08 off
        ("price", "line", {"tea": "0.08", "mug": "0.02"}),
        ("discount", "all", {"tea": "0.08", "mug": "0.01"}),  # 0.09 of 0.18, split 0.07 and 0.02
    ],
)
def test_half_of_the_goods_is_rounded(rounded: str, per: str, pays: dict[str, str]) -> None:
    half = goods_off(percent("50"), calculation={"per": per, "rounded": rounded})
    assert paid(quoted("tea 0.05 x3, mug 0.03", a_promotion("order", half))) == pays


@pytest.mark.parametrize(
    ("mode", "step", "pays"),
    [
        (RoundingMode.HALF_UP, 1, "0.02"),
        (RoundingMode.HALF_DOWN, 1, "0.03"),
        (RoundingMode.HALF_EVEN, 1, "0.03"),
        (RoundingMode.CEILING, 1, "0.02"),
        (RoundingMode.FLOOR, 5, "0.05"),
        (RoundingMode.CEILING, 5, "0"),
    ],
)
def test_the_mode_and_the_step_are_those_of_the_shop_or_of_the_benefit(
    mode: RoundingMode, step: int, pays: str
) -> None:
    settings = PricingSettings(rounding=Rounding(mode, step))
    half = goods_off(percent("50"))
    assert (
        yuan(priced(a_request("tea 0.05"), a_promotion("order", half), settings=settings).total)
        == pays
    )
    own = goods_off(percent("50"), calculation={"rounding": mode, "step": step})
    assert yuan(quoted("tea 0.05", a_promotion("order", own)).total) == pays


@pytest.mark.parametrize(
    ("method", "pays"),
    [
        (SplitMethod.LARGEST_REMAINDER, {"a": "0.66", "b": "0.67", "c": "0.67"}),
        (SplitMethod.HALF_DOWN, {"a": "0.66", "b": "0.67", "c": "0.67"}),
        (SplitMethod.FLOOR_FIRST, {"a": "0.66", "b": "0.67", "c": "0.67"}),
        (SplitMethod.FLOOR_LAST, {"a": "0.67", "b": "0.67", "c": "0.66"}),
    ],
)
def test_an_amount_is_split_by_the_method_of_the_shop(
    method: SplitMethod, pays: dict[str, str]
) -> None:
    off = a_promotion("order", goods_off(amount("1.00")))
    settings = PricingSettings(split=method)
    assert paid(priced(a_request("a 1, b 1, c 1"), off, settings=settings)) == pays


def test_what_a_line_cannot_take_off_moves_on_to_the_other_lines() -> None:
    """The mug would bear 6.67 by weight, but costs 25 at least."""
    settings = PricingSettings(least_line=2500)
    off = a_promotion("order", goods_off(amount("20.00")))
    quote = priced(a_request("tea 60, mug 30"), off, settings=settings)
    assert paid(quote) == {"tea": "45", "mug": "25"}
    quote = priced(a_request("tea 30, mug 30"), off, settings=settings)
    assert paid(quote) == {"tea": "25", "mug": "25"}


def test_the_catalogue_has_a_lowest_price_of_a_unit() -> None:
    settings = PricingSettings(least_unit=100)
    sale = a_promotion("catalogue", goods_off(percent("90")))
    assert paid(priced(a_request("tea 5 x3"), sale, settings=settings)) == {"tea": "3"}


def test_catalogue_promotions_follow_each_other_by_priority() -> None:
    half = a_promotion("catalogue", goods_off(percent("50")), code="half")
    five = a_promotion("catalogue", goods_off(amount("5.00")), code="five", priority=1)
    assert paid(quoted("tea 25", (half, five))) == {"tea": "10"}
    alone = a_promotion("catalogue", goods_off(percent("10")), code="z", exclusive="lane")
    assert paid(quoted("tea 25", (half, five, alone))) == {"tea": "22.50"}


def test_goods_on_sale_are_skipped_by_a_setting_of_the_shop_or_of_the_benefit() -> None:
    sale = a_promotion("catalogue", goods_off(percent("50"), goods=having("sku", "TEA")), code="s")
    ten = a_promotion("order", goods_off(percent("10")), code="ten")
    settings = PricingSettings(skips_goods_on_sale=True)
    request = a_request("tea 100, mug 100, lamp 100")
    assert paid(priced(request, sale, ten, settings=settings)) == {
        "tea": "50",
        "mug": "90",
        "lamp": "100",
    }
    own = goods_off(percent("10"), calculation={"skips_goods_on_sale": False})
    both = priced(request, sale, a_promotion("order", own, code="ten"), settings=settings)
    assert paid(both) == {"tea": "45", "mug": "90", "lamp": "90"}


def test_goods_that_are_not_discountable_count_but_are_not_reduced() -> None:
    off = a_promotion("order", goods_off(tiers("amount", ("100.00", amount("10.00")))))
    assert paid(quoted("tea 60, card 50", off)) == {"tea": "60", "card": "50"}
    condition = {"kind": "amount", "at_least": {"CNY": "100.00"}}
    by_condition = a_promotion("order", goods_off(amount("10.00")), condition=condition)
    assert paid(quoted("tea 60, card 50", by_condition)) == {"tea": "50", "card": "50"}


@pytest.mark.parametrize(
    ("base", "pays"), [("list", "52"), ("shown", "56"), ("lane", "57.60"), ("now", "57.60")]
)
def test_a_percentage_is_of_the_price_that_the_benefit_names(base: str, pays: str) -> None:
    """The list price is 100, the price in lists 80, and 72 are left by the item lane."""
    sale = a_promotion("catalogue", goods_off(percent("20")), code="sale")
    eight = a_promotion("item", goods_off(amount("8.00")), code="eight")
    last = a_promotion("order", goods_off(percent("20"), calculation={"base": base}), code="last")
    assert yuan(quoted("tea 100", (sale, eight, last)).total) == pays


@pytest.mark.parametrize(("per", "pays"), [("unit", "80"), ("line", "95"), ("all", "100")])
def test_a_fixed_amount_is_off_each_unit_each_line_or_all(per: str, pays: str) -> None:
    five = goods_off(amount("5.00"), calculation={"per": per})
    assert yuan(quoted("tea 15 x4, mug 45", a_promotion("order", five)).total) == pays


@pytest.mark.parametrize(
    ("units", "pays"),
    [
        ({"most": 2}, "188"),
        ({"most": 1, "per_line": True}, "184"),
        ({"most": 1, "order": "cheapest"}, "196"),
        ({"most": 1, "order": "dearest"}, "194"),
        ({"skip": 1, "order": "dearest"}, "186"),
        ({"skip": 3}, "196"),
    ],
)
def test_a_benefit_takes_some_of_the_units(units: dict[str, object], pays: str) -> None:
    """The units are those of mug 60, plate 60, tea 40 and tea 40: lines are taken by key."""
    ten = a_promotion("order", goods_off(percent("10"), units=units))
    assert yuan(quoted("tea 40 x2, mug 60, plate 60", ten).total) == pays


def test_the_first_and_the_further_units_are_two_benefits() -> None:
    first = goods_off(percent("50"), units={"most": 1})
    further = goods_off(percent("10"), units={"skip": 1})
    assert yuan(quoted("tea 10 x3", a_promotion("item", first, further)).total) == "23"


def test_a_discount_is_at_most_its_cap() -> None:
    capped = goods_off(percent("50"), cap={"CNY": "30.00"})
    assert paid(quoted("tea 60, mug 30", a_promotion("order", capped))) == {
        "tea": "40",
        "mug": "20",
    }


def test_an_amount_may_include_shipping() -> None:
    off = a_promotion("order", goods_off(amount("11.00"), includes_shipping=True))
    quote = quoted("tea 98", off, shipping="12")
    assert quote.shipping is not None
    assert (yuan(quote.lines[0].total), yuan(quote.shipping.total)) == ("88.20", "10.80")


def test_a_set_of_one_line_needs_units_of_one_line() -> None:
    second = a_promotion("item", set_of(2, percent("50"), reduced=1, per_line=True))
    assert yuan(quoted("tea 10, mug 10", second).total) == "20"
    assert yuan(quoted("tea 10 x3, mug 10 x2", second).total) == "40"
    once = a_promotion("item", set_of(2, percent("50"), reduced=1, per_line=True, most_sets=1))
    assert yuan(quoted("tea 10 x3, mug 10 x2", once).total) == "45"


def test_sets_may_be_filled_with_the_cheapest_units_and_reduce_the_dearest() -> None:
    cheap = a_promotion("item", set_of(2, percent("50"), reduced=1, filled="cheapest"))
    assert yuan(quoted("tea 60, mug 40, plate 20", cheap).total) == "110"
    dear = a_promotion("item", set_of(2, percent("50"), reduced=1, reduces="dearest"))
    assert yuan(quoted("tea 60, mug 40", dear).total) == "70"


def test_a_price_for_a_set_is_never_above_what_the_set_costs() -> None:
    three = a_promotion("item", set_of(3, price_to("99.00")))
    assert yuan(quoted("tea 20 x3", three).total) == "60"


def test_points_are_worth_what_the_shop_says() -> None:
    settings = PricingSettings(points=PointsSettings(most_percent=100))
    quote = priced(a_request("tea 3, mug 7", points=99999), settings=settings)
    assert (quote.total, quote.points) == (0, 1000)
    with pytest.raises(Invalid, match="points"):
        PointsSettings(step=0)


def test_taxes_are_on_what_is_left_after_discounts_and_points() -> None:
    vat = TaxRate(code="vat", label=Text({"en": "VAT"}), rate="0.13", tax_class="standard")
    off = a_promotion("order", goods_off(amount("10.00")))
    quote = priced(a_request("tea 133", points=1000), off, tax_rates=(vat,))
    (tax,) = quote.lines[0].taxes
    assert (tax.base.minor, tax.amount.minor, quote.total) == (10000, 1300, 11300)


def test_the_parts_of_a_line_abroad_sum_to_what_is_paid() -> None:
    """Prices contain 13 % at home; 20 % abroad are put on the net price."""
    rates = tuple(
        TaxRate(code="vat", label=Text({"en": "VAT"}), rate=rate, tax_class="standard", zone=zone)
        for rate, zone in (("0.13", TaxZone("CN")), ("0.20", TaxZone("FR")))
    )
    quote = priced(a_request("tea 113 x2", destination="FR"), tax_rates=rates)
    line = quote.lines[0]
    assert (line.total, line.tax_change) == (24000, 1400)
    added = PricingSettings(taxes=TaxSettings(prices_include_tax=False))
    quote = priced(a_request("tea 100", destination="FR"), tax_rates=rates, settings=added)
    assert (quote.lines[0].total, quote.lines[0].tax_change) == (12000, 0)


def test_a_lane_stands_once_in_the_settings() -> None:
    for lanes in ((Lane.ITEM, Lane.ITEM), (Lane.CATALOGUE,), (Lane.POINTS,)):
        with pytest.raises(Invalid, match="fixed place"):
            PricingSettings(lanes=lanes)


@pytest.mark.parametrize("base", [each.value for each in PriceBase])
def test_a_price_instead_is_what_is_paid_whatever_price_counts(base: str) -> None:
    """The list price is 100, and 50 are left by the catalogue."""
    sale = a_promotion("catalogue", goods_off(percent("50")), code="sale")
    calculation = {"base": base}
    forty = a_promotion("item", goods_off(price_to("40.00"), calculation=calculation), code="to")
    assert yuan(quoted("tea 100", (sale, forty)).total) == "40"
    three = a_promotion("item", set_of(3, price_to("120.00"), calculation=calculation), code="to")
    assert yuan(quoted("tea 100 x3", (sale, three)).total) == "120"
    shop = PricingSettings(base=PriceBase(base))
    steps = a_promotion("item", goods_off(tiers("quantity", (1, price_to("40.00")))), code="to")
    assert yuan(priced(a_request("tea 100"), sale, steps, settings=shop).total) == "40"
    post = a_promotion("shipping", {"kind": "shipping", "reduction": price_to("5.00")}, code="post")
    to_five = priced(a_request("tea 100", shipping="12"), post, settings=shop)
    assert yuan(to_five.total) == "105"


def test_the_part_of_a_set_with_the_fewest_units_is_filled_first() -> None:
    """A free mug with any other item, however the parts are listed."""
    item, mug = {"units": 1, "keeps_price": True}, {"units": 1, "goods": having("sku", "MUG")}
    for parts in ([item, mug], [mug, item]):
        free_mug = a_promotion("item", set_of(1, percent("100"), parts=parts))
        assert paid(quoted("mug 100, tea 50", free_mug)) == {"mug": "0", "tea": "50"}
        assert yuan(quoted("mug 100 x3", free_mug).total) == "200"
        assert yuan(quoted("tea 50, cake 20", free_mug).total) == "70"


@pytest.mark.parametrize(
    ("benefit", "reduced"),
    [
        (set_of(2, percent("50"), reduced=1), {"mug", "cake"}),
        (set_of(2, percent("50"), reduced=1, over_all=True), {"plate", "cake"}),
        (set_of(2, percent("50"), reduced=1, per_line=True), set()),
        (set_of(3, percent("100"), reduced=1), {"plate"}),
        (set_of(3, percent("100"), reduced=1, filled="cheapest", over_all=True), {"bowl"}),
    ],
)
def test_a_set_says_which_units_are_reduced(benefit: Document, reduced: set[str]) -> None:
    """The table of `docs/promotions.md`: 第二件半价 and 买2送1."""
    quote = quoted("tea 100, mug 90, plate 80, cake 70, bowl 60", a_promotion("item", benefit))
    assert {line.key for line in quote.lines if line.discount} == reduced
