"""A quote with the taxes that a tax engine calculated, in place of those of the own rates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.domain.errors import DomainError
from core.domain.pricing.adjustments import TaxAmount
from core.domain.pricing.arithmetic.splitting import split
from core.domain.pricing.paid_units import PaidUnits
from core.domain.pricing.quote import Quote, QuotedLine, QuotedShipping

SHIPPING = "shipping"
"""The key of shipping beside those of the lines."""

EngineTaxes = Mapping[str, tuple[TaxAmount, ...]]
"""The taxes by the key of a line, or of shipping."""


class TaxesUnavailable(DomainError):
    """The tax engine did not answer, or it does not know the place or the goods."""

    code = "taxes_unavailable"
    template = "The taxes of this order cannot be calculated. Try again in a few minutes."


def with_taxes(untaxed: Quote, taxes: EngineTaxes, engine: str) -> Quote:
    """``untaxed`` is a quote without taxes, whose amounts the engine was asked about."""
    shipping = untaxed.shipping
    return replace(
        untaxed,
        lines=tuple(_taxed_line(line, taxes[line.key]) for line in untaxed.lines),
        shipping=_taxed_shipping(shipping, taxes[SHIPPING]) if shipping else None,
        tax_engine=engine,
    )


def added(taxes: Sequence[TaxAmount]) -> int:
    """What taxes add to the price, in minor units."""
    return sum(tax.amount.minor for tax in taxes if not tax.included)


def _taxed_line(line: QuotedLine, taxes: tuple[TaxAmount, ...]) -> QuotedLine:
    units = [amount for count, amount in line.paid_units.runs for _ in range(count)]
    more = split(added(taxes), units)
    paid = PaidUnits.of([unit + tax for unit, tax in zip(units, more, strict=True)])
    return replace(line, taxes=taxes, paid_units=paid)


def _taxed_shipping(shipping: QuotedShipping, taxes: tuple[TaxAmount, ...]) -> QuotedShipping:
    return replace(shipping, taxes=taxes, total=shipping.total + added(taxes))
