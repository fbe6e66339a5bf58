"""Each setting of prices changes a quote: one at a time, from the environment to the price."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from core.domain.pricing.engine import price
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.quote import Quote
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from entrepot.assembly.price_settings import pricing_settings_of
from entrepot.price_settings import PriceSettings
from entrepot.settings import Settings
from tests.domain.pricing.shop import (
    a_promotion,
    a_request,
    amount,
    goods_off,
    percent,
    tiers,
)
from tests.factories import text

SECRET = "a" * 32
RATES = (
    TaxRate(code="vat", label=text("VAT"), rate="0.13", tax_class="standard", zone=TaxZone("CN")),
    TaxRate(code="vat", label=text("VAT"), rate="0.2", tax_class="standard", zone=TaxZone("FR")),
)
HALF = a_promotion("order", goods_off(percent("50")), code="half")
FIVE = a_promotion("order", goods_off(amount("5.00")), code="five")
SALE = a_promotion("catalogue", goods_off(percent("30")), code="sale")
ONE = a_promotion("order", goods_off(amount("1.00")), code="one")
TENTH = a_promotion("item", goods_off(percent("10")), code="ten")
FROM_HUNDRED = a_promotion(
    "order", goods_off(tiers("amount", ("100.00", amount("20.00")))), code="twenty"
)
LUNCH = a_promotion(
    "order",
    goods_off(percent("50")),
    code="lunch",
    condition={"kind": "time_of_week", "since": "11:00", "until": "13:00"},
)


class Case:
    """``value`` is another value of the setting. ``added``: taxes are added in both quotes."""

    def __init__(
        self,
        value: object,
        goods: str,
        *promotions: Promotion,
        to: str = "",
        added: bool = False,
        points: int = 0,
    ) -> None:
        self.value, self.promotions = value, promotions
        self.others = {"prices_include_tax": False} if added else {}
        request = a_request(goods, destination=to, points=points)
        lines = tuple(replace(line, tags=frozenset({"kept"})) for line in request.lines)
        self.request = replace(request, lines=lines)


CASES = {
    "prices_include_tax": Case(False, "tea 113"),
    "tax_origin": Case("FR", "tea 113", to="CN"),
    "tax_abroad": Case("keep_gross", "tea 113", to="FR"),
    "tax_level": Case("unit", "tea 0.05 x9", added=True),
    "tax_rounding_level": Case("order", "tea 0.05, mug 0.05, lamp 0.05", added=True),
    "tax_rounding": Case("up", "tea 1.01", added=True),
    "tax_rounding_step": Case(10, "tea 1.01", added=True),
    "tax_base": Case("before_discount", "tea 113", HALF),
    "discount_on": Case("net", "tea 113", FIVE),
    "percent_of": Case("net", "tea 113", HALF),
    "rounding": Case("down", "tea 0.05", HALF),
    "rounding_step": Case(10, "tea 1.30", HALF),
    "discount_rounded": Case("price", "tea 0.05", HALF),
    "discount_per": Case("unit", "tea 0.05 x3", HALF),
    "discount_split": Case("floor_last", "a 1, b 1, c 1", ONE),
    "discount_base": Case("list", "tea 100", SALE, HALF),
    "skip_goods_on_sale": Case(True, "tea 100", SALE, HALF),
    "undiscounted_tags": Case(["kept"], "tea 100", HALF),
    "least_unit_price": Case(9_000, "tea 100", SALE),
    "least_line_price": Case(9_000, "tea 100", HALF),
    "lanes": Case(
        ["order", "item", "cross_seller", "coupon", "shipping"], "tea 105", TENTH, FROM_HUNDRED
    ),
    "lane_modes": Case({"order": "all"}, "tea 100", HALF, FIVE),
    "points_worth": Case("0.5", "tea 100", points=1_000),
    "points_step": Case(700, "tea 100", points=1_000),
    "points_most_percent": Case(5, "tea 100", points=1_000),
    "time_zone": Case("UTC", "tea 100", LUNCH),
}


def quoted(case: Case, **changed: object) -> Quote:
    settings = Settings(secret_key=SECRET, **case.others, **changed)  # type: ignore[arg-type]
    rules = PricingRules(
        settings=pricing_settings_of(settings), promotions=case.promotions, tax_rates=RATES
    )
    return price(case.request, rules)


@pytest.mark.parametrize("name", CASES)
def test_each_setting_changes_the_quote(name: str) -> None:
    case = CASES[name]
    assert quoted(case) != quoted(case, **{name: case.value})


def test_every_setting_of_prices_has_a_case() -> None:
    outside = {"tax_engine", "tax_engine_fallback", "partial_return", "price_law"}
    assert set(CASES) == set(PriceSettings.model_fields) - outside


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lanes", ["item", "item", "order", "coupon", "shipping"]),
        ("lanes", ["item"]),
        ("lanes", ["catalogue", "item", "order", "cross_seller", "coupon", "shipping"]),
        ("time_zone", "Mars/Olympus"),
        ("rounding_step", 0),
        ("tax_rounding_step", 0),
        ("least_line_price", -1),
        ("discount_on", "both"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(secret_key=SECRET, **{name: value})  # type: ignore[arg-type]
