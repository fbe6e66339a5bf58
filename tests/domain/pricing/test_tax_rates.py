"""Which rates apply: class, zone, window, and several taxes on one class."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from core.domain.errors import Invalid
from core.domain.pricing.taxes.rates import TaxRate, TaxZone, applicable, shares_of_net
from tests.domain.pricing.taxation import NOW, a_rate

PORTUGAL, AZORES = TaxZone("PT"), TaxZone("PT", "20")


def codes_and_rates(rates: list[TaxRate], place: TaxZone) -> list[tuple[str, str]]:
    return [(rate.code, rate.rate) for rate in applicable(rates, "goods", place, NOW)]


def test_a_rate_applies_to_its_class_alone() -> None:
    rates = [a_rate("0.13"), a_rate("0.09", tax_class="books")]
    assert applicable(rates, "books", PORTUGAL, NOW) == (rates[1],)
    assert applicable(rates, "services", PORTUGAL, NOW) == ()


@pytest.mark.parametrize(
    ("place", "rate"), [(AZORES, "0.16"), (PORTUGAL, "0.23"), (TaxZone("PT", "30"), "0.23")]
)
def test_the_rate_of_a_region_replaces_that_of_its_country(place: TaxZone, rate: str) -> None:
    """Portugal 23 %, the Azores 16 %: directive 2006/112/EC, art. 105."""
    rates = [a_rate("0.16", zone=AZORES), a_rate("0.23", zone=PORTUGAL)]
    assert codes_and_rates(rates, place) == [("vat", rate)]
    assert codes_and_rates(rates[::-1], place) == [("vat", rate)]


def test_taxes_of_different_codes_add_up_along_a_region() -> None:
    rates = [
        a_rate("0.0025", "county", TaxZone("US", "CA-037"), priority=1),
        a_rate("0.0725", "state", TaxZone("US", "CA")),
        a_rate("0.0625", "state", TaxZone("US", "TX")),
    ]
    assert codes_and_rates(rates, TaxZone("US", "CA-037-LA")) == [
        ("state", "0.0725"),
        ("county", "0.0025"),
    ]
    assert codes_and_rates(rates, TaxZone("US", "CA-001")) == [("state", "0.0725")]
    assert codes_and_rates(rates, TaxZone("US", "OR")) == []


def test_a_window_contains_its_start_and_not_its_end() -> None:
    """Germany lowered its rate from 1 July to 31 December 2020: § 28 (1) UStG."""
    start, end = datetime(2020, 7, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    rates = [a_rate("0.19"), a_rate("0.16", starts_at=start, ends_at=end)]
    moment = timedelta(microseconds=1)
    found = [
        applicable(rates, "goods", TaxZone("DE"), at)[0].rate
        for at in (start - moment, start, end - moment, end)
    ]
    assert found == ["0.19", "0.16", "0.16", "0.19"]


def test_a_compound_rate_applies_to_the_price_with_the_taxes_below_it() -> None:
    rates = [
        a_rate("0.02", "levy"),
        a_rate("0.05", "gst", priority=1),
        a_rate("0.10", "luxury", priority=2, compound=True),
        a_rate("0.01", "other", priority=2, compound=True),
    ]
    assert shares_of_net(applicable(rates, "goods", PORTUGAL, NOW)) == (
        Fraction("0.02"),
        Fraction("0.05"),
        Fraction("0.107"),
        Fraction("0.0107"),
    )


@pytest.mark.parametrize("rate", ["13%", "-0.1", "1/3", "", "0,13", "1e-2"])
def test_a_rate_is_a_decimal_fraction(rate: str) -> None:
    with pytest.raises(Invalid, match="no tax rate"):
        a_rate(rate)


def test_a_window_ends_after_its_start() -> None:
    with pytest.raises(Invalid, match="after the start"):
        a_rate("0.13", starts_at=NOW, ends_at=NOW)
