"""Tax rates and calculations for tests, in few words."""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.domain.pricing.taxes.calculation import taxes_of
from core.domain.pricing.taxes.lines import TaxableLine, TaxableShipping, TaxedLine, Taxes
from core.domain.pricing.taxes.rates import EVERYWHERE, TaxRate, TaxZone
from core.domain.pricing.taxes.settings import TaxSettings
from core.domain.text import Text

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def a_rate(
    rate: str,
    code: str = "vat",
    zone: TaxZone = EVERYWHERE,
    *,
    tax_class: str = "goods",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    priority: int = 0,
    compound: bool = False,
    included: bool | None = None,
) -> TaxRate:
    return TaxRate(
        code=code,
        label=Text({"en": code.upper()}),
        rate=rate,
        tax_class=tax_class,
        zone=zone,
        starts_at=starts_at,
        ends_at=ends_at,
        priority=priority,
        compound=compound,
        included=included,
    )


def a_line(
    *units: int,
    key: str = "line",
    tax_class: str = "goods",
    before: tuple[int, ...] = (),
    base: tuple[int, ...] = (),
) -> TaxableLine:
    return TaxableLine(
        key=key,
        tax_class=tax_class,
        units=units,
        list_units=before or units,
        base_units=base,
    )


def taxes(
    lines: Sequence[TaxableLine],
    rates: Sequence[TaxRate],
    settings: TaxSettings,
    zone: TaxZone | None = None,
    shipping: TaxableShipping | None = None,
) -> Taxes:
    return taxes_of(
        lines, shipping, zone=zone, at=NOW, rates=rates, settings=settings, currency="EUR"
    )


def amounts(line: TaxedLine | None) -> dict[str, int]:
    """The taxes of a line by code, in minor units."""
    assert line is not None
    return {tax.code: tax.amount.minor for tax in line.taxes}


def total_tax(result: Taxes) -> int:
    return sum(sum(amounts(part).values()) for part in result.parts)
