"""Discounts on net or on gross prices, in whole quotes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.request import RequestShipping
from core.domain.pricing.settings import PointsSettings, PricingSettings
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.pricing.taxes.settings import DiscountBasis, TaxSettings
from core.domain.text import Text
from tests.domain.pricing.shop import (
    a_promotion,
    a_request,
    amount,
    goods_off,
    minor,
    paid,
    percent,
    priced,
    set_of,
    yuan,
)

NET, GROSS, AS_PRICES = DiscountBasis.NET, DiscountBasis.GROSS, DiscountBasis.AS_PRICES


def vat(rate: str, tax_class: str = "standard", zone: str = "") -> TaxRate:
    place = TaxZone(zone)
    return TaxRate(
        code="vat", label=Text({"en": "VAT"}), rate=rate, tax_class=tax_class, zone=place
    )


def settings(
    *, included: bool, on: DiscountBasis = AS_PRICES, percent_of: DiscountBasis = AS_PRICES
) -> PricingSettings:
    taxes = TaxSettings(prices_include_tax=included, discount_on=on, percent_of=percent_of)
    return PricingSettings(taxes=taxes)


def test_a_percentage_of_gross_prices_comes_off_net_prices() -> None:
    """Magento, `excluding_tax_apply_tax_after_discount_discount_tax.php`: 12 off, 20.35 in all."""
    half = a_promotion("order", goods_off(percent("50")))
    quote = priced(
        a_request("simple1 10 x2", shipping="10"),
        half,
        settings=settings(included=False, percent_of=GROSS),
        tax_rates=(vat("0.20"), vat("0.075", "shipping")),
    )
    (line,) = quote.lines
    assert (yuan(line.discount), yuan(quote.total)) == ("12", "20.35")
    assert [yuan(tax.amount.minor) for tax in line.taxes] == ["1.60"]


def test_a_percentage_of_net_prices_comes_off_gross_prices() -> None:
    """Adobe Commerce, *Hidden tax calculation*: 8.33 off 100, with 15.28 VAT in what is left."""
    tenth = a_promotion("order", goods_off(percent("10")))
    quote = priced(
        a_request("item 100"),
        tenth,
        settings=settings(included=True, percent_of=NET),
        tax_rates=(vat("0.20"),),
    )
    (line,) = quote.lines
    assert (yuan(line.discount), yuan(quote.total)) == ("8.33", "91.67")
    assert [yuan(tax.amount.minor) for tax in line.taxes] == ["15.28"]


@pytest.mark.parametrize(
    ("included", "on", "total"),
    [
        (True, AS_PRICES, "9"),
        (True, GROSS, "9"),
        # 12 are 10 net, less 3 are 7, with tax 8.40.
        (True, NET, "8.40"),
        (False, AS_PRICES, "10.80"),
        (False, NET, "10.80"),
        # 12 are 14.40 gross, less 3 are 11.40.
        (False, GROSS, "11.40"),
    ],
)
@pytest.mark.parametrize(
    "benefit",
    [
        goods_off(amount("3.00")),
        goods_off(amount("3.00"), calculation={"per": "line"}),
        goods_off(amount("3.00"), calculation={"per": "unit"}),
        set_of(1, amount("3.00")),
    ],
)
def test_an_amount_off_is_with_or_without_tax(
    *, included: bool, on: DiscountBasis, total: str, benefit: dict[str, object]
) -> None:
    quote = priced(
        a_request("tea 12"),
        a_promotion("order", benefit),
        settings=settings(included=included, on=on),
        tax_rates=(vat("0.20"),),
    )
    assert yuan(quote.total) == total
    line = quote.lines[0]
    added = sum(tax.amount.minor for tax in line.taxes if not tax.included)
    assert line.unit_price - line.discount + added == line.total


def test_a_coupon_of_the_gross_price_leaves_nothing_to_pay() -> None:
    """5 net are 5.65 gross, so a coupon of 10 takes all, and the rest moves on to the mug."""
    ten = a_promotion("order", goods_off(amount("10.00")))
    rules = {"settings": settings(included=False, on=GROSS), "tax_rates": (vat("0.13"),)}
    assert priced(a_request("tea 5"), ten, **rules).total == 0
    first = a_promotion("order", goods_off(amount("10.00"), calculation={"per": "line"}))
    assert paid(priced(a_request("tea 5, mug 100"), first, **rules)) == {"tea": "0", "mug": "103"}


def test_each_class_converts_its_share_with_its_own_rate() -> None:
    """Gross prices are 109 and 113: of 22.20 they bear 10.90 and 11.30, which are 10 net each."""
    request = a_request("tea 100, mug 100")
    lines = (replace(request.lines[0], tax_class="food"), request.lines[1])
    quote = priced(
        replace(request, lines=lines),
        a_promotion("order", goods_off(amount("22.20"))),
        settings=settings(included=False, on=GROSS),
        tax_rates=(vat("0.09", "food"), vat("0.13")),
    )
    assert [line.discount for line in quote.lines] == [1_000, 1_000]
    assert yuan(quote.total) == "199.80"


def test_shipping_and_points_are_stated_on_the_same_basis() -> None:
    off = a_promotion("shipping", {"kind": "shipping", "reduction": amount("11.30")})
    request = replace(
        a_request("tea 100", points=2_260),
        shipping=RequestShipping(method="std", price=minor("20")),
    )
    rules = replace(settings(included=False, on=GROSS), points=PointsSettings())
    rates = (vat("0.13"), vat("0.13", "shipping"))
    quote = priced(request, off, settings=rules, tax_rates=rates)
    assert quote.shipping is not None
    assert (yuan(quote.shipping.total), quote.points) == ("11.30", 2_260)
    assert yuan(quote.goods_total) == "90.40"
    everything = replace(request, points=99_999)
    assert priced(everything, off, settings=rules, tax_rates=rates).goods_total == 0


def test_an_amount_on_net_does_not_go_below_the_lowest_price() -> None:
    least = replace(settings(included=True, on=NET), least_line=500)
    off = a_promotion("order", goods_off(amount("6.00")))
    assert paid(priced(a_request("tea 11.30"), off, settings=least, tax_rates=(vat("0.13"),))) == {
        "tea": "5"
    }


PROMOTIONS: list[Promotion] = [
    a_promotion("order", goods_off(amount("7.77"))),
    a_promotion("order", goods_off(amount("0.99"), calculation={"per": "unit"})),
    a_promotion("item", set_of(2, amount("3.33"))),
    a_promotion("order", goods_off(percent("33"), calculation={"per": "all"})),
    a_promotion("order", goods_off(amount("9.99"), includes_shipping=True)),
]


@given(
    prices=st.lists(st.integers(0, 5_000), min_size=1, max_size=4),
    promotion=st.sampled_from(PROMOTIONS),
    included=st.booleans(),
    on=st.sampled_from(DiscountBasis),
    percent_of=st.sampled_from(DiscountBasis),
    zone=st.sampled_from(["", "CN", "FR"]),
    points=st.integers(0, 5_000),
)
def test_the_parts_of_a_line_sum_and_nothing_is_below_zero(
    *,
    prices: list[int],
    promotion: Promotion,
    included: bool,
    on: DiscountBasis,
    percent_of: DiscountBasis,
    zone: str,
    points: int,
) -> None:
    goods = ", ".join(f"g{number} {each / 100:.2f} x2" for number, each in enumerate(prices))
    quote = priced(
        a_request(goods, shipping="8", destination=zone, points=points),
        promotion,
        settings=settings(included=included, on=on, percent_of=percent_of),
        tax_rates=(vat("0.13"), vat("0.20", zone="FR"), vat("0.06", "shipping")),
    )
    for line in quote.lines:
        added = sum(tax.amount.minor for tax in line.taxes if not tax.included)
        changes = sum(each.amount.minor for each in line.changes("CNY"))
        assert line.unit_price * line.quantity + changes + added == line.total
        assert all(each >= 0 for _, each in line.paid_units.runs)
    assert quote.shipping is not None
    assert quote.shipping.total >= 0
