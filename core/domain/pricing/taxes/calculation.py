"""The taxes of an order: one pure function from prices after discounts to what is paid."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from core.domain.money import Money
from core.domain.pricing.adjustments import TaxAmount
from core.domain.pricing.taxes.basis import ClassTaxes, prices, taxed_amounts
from core.domain.pricing.taxes.carrying import taxes_by_unit
from core.domain.pricing.taxes.lines import TaxableLine, TaxableShipping, TaxedLine, Taxes
from core.domain.pricing.taxes.rates import TaxRate, TaxZone, applicable
from core.domain.pricing.taxes.settings import Abroad, TaxSettings

SHIPPING = "shipping"


def taxes_of(
    lines: Sequence[TaxableLine],
    shipping: TaxableShipping | None,
    *,
    zone: TaxZone | None,
    at: datetime,
    rates: Sequence[TaxRate],
    settings: TaxSettings,
    currency: str,
) -> Taxes:
    """Calculate the taxes of each line and of shipping, and what each unit is paid with.

    ``zone`` is the place of the buyer; None if it is not known yet: the origin of the shop.
    Included taxes are part of the price; the others are added to it.
    """
    place = zone or settings.origin

    def of_class(tax_class: str, abroad: Abroad) -> ClassTaxes:
        there = applicable(rates, tax_class, place, at)
        at_home = applicable(rates, tax_class, settings.origin, at)
        return ClassTaxes.of(there, at_home, settings, abroad)

    classes = {line.tax_class for line in lines}
    by_class = {each: of_class(each, settings.abroad) for each in classes}
    drafts = [_Draft.of(line, by_class[line.tax_class], settings) for line in lines]
    if shipping:
        # Shipping keeps its price abroad, whatever goods do.
        taxes = of_class(shipping.tax_class, Abroad.KEEP_GROSS)
        drafts.append(_Draft.of(_line_of(shipping), taxes, settings))
    _add_taxes(drafts, settings)
    taxed = [draft.taxed_line(currency) for draft in drafts]
    return Taxes(
        lines={line.key: line for line in taxed[: len(lines)]},
        shipping=taxed[-1] if shipping else None,
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    key: str
    units: tuple[int, ...]
    amounts: tuple[int, ...]
    taxes: ClassTaxes
    unit_taxes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, line: TaxableLine, taxes: ClassTaxes, settings: TaxSettings) -> "_Draft":
        units = prices(line, taxes, settings.rounding)
        return cls(line.key, units, taxed_amounts(line, units, taxes, settings), taxes)

    def taxed_line(self, currency: str) -> TaxedLine:
        rates, included = self.taxes.rates, self.taxes.included
        unit_taxes = [self.unit_taxes[rate.code] for rate in rates]
        amounts = list(map(sum, unit_taxes))
        net = sum(self.amounts)
        for rate, amount in zip(rates, amounts, strict=True):
            if rate.code in included:
                net -= amount
        base = Money(net, currency)
        taxes = [
            TaxAmount(
                code=rate.code,
                label=rate.label,
                rate=rate.rate,
                base=base,
                amount=Money(amount, currency),
                included=rate.code in included,
            )
            for rate, amount in zip(rates, amounts, strict=True)
        ]
        return TaxedLine(
            key=self.key, units=self.units, taxes=tuple(taxes), unit_taxes=tuple(unit_taxes)
        )


def _add_taxes(drafts: Sequence[_Draft], settings: TaxSettings) -> None:
    """Calculate each tax over all lines with its rate, because a rounding error is carried on."""
    by_rate: dict[tuple[str, int, int], list[_Draft]] = defaultdict(list)
    for draft in drafts:
        for rate, share in zip(draft.taxes.rates, draft.taxes.shares_of_price, strict=True):
            by_rate[rate.code, share.numerator, share.denominator].append(draft)
    for (code, numerator, denominator), taxed in by_rate.items():
        share = Fraction(numerator, denominator)
        taxes = taxes_by_unit([draft.amounts for draft in taxed], share, settings)
        for draft, unit_taxes in zip(taxed, taxes, strict=True):
            draft.unit_taxes[code] = unit_taxes


def _line_of(shipping: TaxableShipping) -> TaxableLine:
    return TaxableLine(
        key=SHIPPING,
        tax_class=shipping.tax_class,
        units=(shipping.amount,),
        list_units=(shipping.list_amount,),
    )
