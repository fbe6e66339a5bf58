"""Prices at the place of the buyer: tax of the origin out, tax of the place in."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.domain.pricing.arithmetic.rounding import Rounding
from core.domain.pricing.taxes.lines import TaxableLine
from core.domain.pricing.taxes.rates import TaxRate, shares_of_net
from core.domain.pricing.taxes.settings import Abroad, TaxBase, TaxSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTaxes:
    """The taxes of one class of goods at the place of the buyer.

    ``shares_of_price`` are the taxes of ``rates`` as shares of the price. A price of the shop is
    multiplied with ``price_factor`` at that place. ``gross_of_net`` is what a net price is
    multiplied with to be gross: at the origin if prices contain tax, else at the place.
    ``included`` are the codes of the taxes that the price contains.
    """

    rates: tuple[TaxRate, ...]
    shares_of_price: tuple[Fraction, ...]
    included: frozenset[str]
    price_factor: Fraction
    gross_of_net: Fraction

    @classmethod
    def of(
        cls,
        rates: tuple[TaxRate, ...],
        at_home: tuple[TaxRate, ...],
        settings: TaxSettings,
        abroad: Abroad,
    ) -> "ClassTaxes":
        shares = shares_of_net(rates)
        contained, at_origin = _contained(rates, settings), _contained(at_home, settings)
        keeps_net = abroad is Abroad.KEEP_NET
        added = sum(shares, Fraction(1)) - contained
        return cls(
            rates=rates,
            shares_of_price=tuple(share / contained for share in shares),
            included=frozenset(rate.code for rate in rates if _is_included(rate, settings)),
            price_factor=contained / at_origin if keeps_net else Fraction(1),
            gross_of_net=at_origin if settings.prices_include_tax else 1 + added,
        )


def prices(line: TaxableLine, taxes: ClassTaxes, rounding: Rounding) -> tuple[int, ...]:
    """The price of each unit at the place of the buyer, after discounts."""
    if taxes.price_factor == 1:
        return line.units
    return tuple(rounding.rounded(unit * taxes.price_factor) for unit in line.units)


def taxed_amounts(
    line: TaxableLine, units: tuple[int, ...], taxes: ClassTaxes, settings: TaxSettings
) -> tuple[int, ...]:
    """The amounts that the rates apply to. ``units`` are the result of `prices`."""
    if settings.base is TaxBase.BEFORE_DISCOUNT:
        amounts = line.list_units
    elif settings.base is TaxBase.OWN and line.base_units:
        amounts = line.base_units
    else:
        return units
    return tuple(settings.rounding.rounded(amount * taxes.price_factor) for amount in amounts)


def _contained(rates: Sequence[TaxRate], settings: TaxSettings) -> Fraction:
    """What a price is divided by to be net."""
    shares = zip(rates, shares_of_net(rates), strict=True)
    return sum((share for rate, share in shares if _is_included(rate, settings)), Fraction(1))


def _is_included(rate: TaxRate, settings: TaxSettings) -> bool:
    return settings.prices_include_tax if rate.included is None else rate.included
