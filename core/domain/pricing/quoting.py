"""From the worksheet to the lines of a quote, with their taxes."""

from collections.abc import Sequence

from core.domain.pricing.calculation.worksheet import Worksheet
from core.domain.pricing.paid_units import PaidUnits
from core.domain.pricing.quote import QuotedLine, QuotedShipping
from core.domain.pricing.taxes.calculation import taxes_of
from core.domain.pricing.taxes.lines import TaxableLine, TaxableShipping, Taxes
from core.domain.pricing.taxes.rates import TaxRate


def taxes_on(sheet: Worksheet, rates: Sequence[TaxRate]) -> Taxes:
    """The taxes of the prices of this moment."""
    request = sheet.request
    shipping = None
    if request.shipping:
        shipping = TaxableShipping(
            tax_class=request.shipping.tax_class,
            amount=sheet.now.totals[sheet.rows(sheet.shipping)[0]],
            list_amount=request.shipping.price,
        )
    return taxes_of(
        [_taxable(sheet, row) for row in sheet.payable_rows()],
        shipping,
        zone=request.zone,
        at=request.at,
        rates=rates,
        settings=sheet.settings.taxes,
        currency=request.currency,
    )


def quoted_lines(sheet: Worksheet, taxes: Taxes) -> tuple[QuotedLine, ...]:
    """The lines in the order of the request, then those that promotions added."""
    place = {line.key: number for number, line in enumerate(sheet.request.lines)}
    rows = sheet.payable_rows()
    rows.sort(key=lambda row: place.get(sheet.line(row).key, len(place)))
    return tuple(_quoted_line(sheet, row, taxes) for row in rows)


def quoted_shipping(sheet: Worksheet, taxes: Taxes) -> QuotedShipping | None:
    shipping = sheet.request.shipping
    if shipping is None or taxes.shipping is None:
        return None
    return QuotedShipping(
        method=shipping.method,
        price=shipping.price,
        adjustments=tuple(sheet.adjustments[sheet.rows(sheet.shipping)[0]]),
        taxes=taxes.shipping.taxes,
        total=sum(taxes.shipping.paid_units),
    )


def _taxable(sheet: Worksheet, row: int) -> TaxableLine:
    unit_price = sheet.unit_prices[row]
    line = unit_price.line
    return TaxableLine(
        key=line.key,
        tax_class=line.tax_class,
        units=sheet.now.units[row],
        list_units=(unit_price.minor,) * line.quantity,
        base_units=(line.taxed_price,) * line.quantity if line.taxed_price else (),
    )


def _quoted_line(sheet: Worksheet, row: int, taxes: Taxes) -> QuotedLine:
    unit_price = sheet.unit_prices[row]
    line = unit_price.line
    taxed = taxes.lines[line.key]
    return QuotedLine(
        key=line.key,
        sku=line.sku,
        quantity=line.quantity,
        list_price=line.list_price,
        unit_price=unit_price.minor,
        price_source=unit_price.source,
        price_label=unit_price.label,
        added_by=line.added_by,
        adjustments=tuple(sheet.adjustments[row]),
        tax_change=sum(taxed.units) - sheet.now.totals[row],
        taxes=taxed.taxes,
        paid_units=PaidUnits.of(taxed.paid_units),
    )
