"""Whatever the settings of a shop are, taxes sum and stay near the exact amount."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.domain.pricing.adjustments import TaxAmount
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.taxes.lines import TaxableLine, TaxedLine
from core.domain.pricing.taxes.rates import TaxZone
from core.domain.pricing.taxes.settings import Abroad, Level, TaxBase, TaxSettings
from tests.domain.pricing.taxation import a_rate, taxes

RATES = [
    a_rate("0.19"),
    a_rate("0.07", "levy", priority=1, compound=True),
    a_rate("0.05", "fee", priority=2, included=False),
    a_rate("0.055", tax_class="books"),
    a_rate("0.25", zone=TaxZone("SE")),
]

LINES = st.lists(
    st.tuples(
        st.sampled_from(["goods", "books", "services"]),
        st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 5_000)), min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=5,
).map(
    lambda drawn: [
        TaxableLine(
            key=str(number),
            tax_class=tax_class,
            units=tuple(price for price, _ in units),
            list_units=tuple(price + discount for price, discount in units),
        )
        for number, (tax_class, units) in enumerate(drawn)
    ]
)

SETTINGS = st.builds(
    TaxSettings,
    prices_include_tax=st.booleans(),
    origin=st.just(TaxZone("DE")),
    abroad=st.sampled_from(Abroad),
    base=st.sampled_from(TaxBase),
    level=st.sampled_from(Level),
    rounding_level=st.sampled_from(Level),
    rounding=st.builds(Rounding, st.sampled_from(RoundingMode), st.sampled_from([1, 5])),
)
ZONES = st.sampled_from([None, TaxZone("DE"), TaxZone("SE")])


@given(LINES, SETTINGS, ZONES)
def test_what_units_are_paid_with_sums_to_prices_and_added_taxes(
    lines: list[TaxableLine], settings: TaxSettings, zone: TaxZone | None
) -> None:
    result = taxes(lines, RATES, settings, zone)
    for line in result.lines.values():
        added = sum(tax.amount.minor for tax in line.taxes if not tax.included)
        assert sum(line.paid_units) == sum(line.units) + added
        for tax, units in zip(line.taxes, line.unit_taxes, strict=True):
            assert sum(units) == tax.amount.minor
            assert len(units) == len(line.units)


@given(LINES, SETTINGS, ZONES)
def test_the_tax_of_a_rate_is_off_by_less_than_one_step_where_it_is_rounded(
    lines: list[TaxableLine], settings: TaxSettings, zone: TaxZone | None
) -> None:
    result = taxes(lines, RATES, settings, zone)
    errors: dict[tuple[str, str], list[Fraction]] = {}
    for line in result.lines.values():
        if settings.base is TaxBase.BEFORE_DISCOUNT:
            continue
        for code, error, rate in _errors(line):
            if settings.rounded_at is Level.LINE:
                assert abs(sum(error, Fraction())) < settings.rounding.step
            if settings.rounded_at is Level.UNIT:
                assert all(abs(each) < settings.rounding.step for each in error)
            errors.setdefault((code, rate), []).extend(error)
    if settings.rounded_at is Level.ORDER:
        assert all(
            abs(sum(error, Fraction())) < settings.rounding.step for error in errors.values()
        )


@given(LINES, SETTINGS, ZONES)
def test_the_order_of_lines_does_not_change_the_total(
    lines: list[TaxableLine], settings: TaxSettings, zone: TaxZone | None
) -> None:
    there, back = (taxes(each, RATES, settings, zone) for each in (lines, lines[::-1]))
    assert there.total == back.total


def _errors(line: TaxedLine) -> list[tuple[str, list[Fraction], str]]:
    """How far the tax of each unit is from the exact one, for each rate."""
    shares: list[tuple[TaxAmount, Fraction]] = []
    for tax in line.taxes:
        below = sum((share for _, share in shares), Fraction())
        share = Fraction(tax.rate) * (1 + below if tax.code == "levy" else 1)
        shares.append((tax, share))
    contained = 1 + sum((share for tax, share in shares if tax.included), Fraction())
    return [
        (
            tax.code,
            [
                taxed - unit * share / contained
                for unit, taxed in zip(line.units, units, strict=True)
            ],
            tax.rate,
        )
        for (tax, share), units in zip(shares, line.unit_taxes, strict=True)
    ]
