"""What taxes are calculated on, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.pricing.adjustments import TaxAmount


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxableLine:
    """Goods, or a surcharge with a class of its own; a surcharge can be below zero.

    ``units`` are the amounts of the units after discounts, ``list_units`` before them, in minor
    units. ``base_units`` are the base prices of the goods' own, for `TaxBase.OWN`; empty: none.
    """

    key: str
    tax_class: str
    units: tuple[int, ...]
    list_units: tuple[int, ...]
    base_units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxableShipping:
    """``amount`` is the price of shipping after discounts, ``list_amount`` before them."""

    tax_class: str
    amount: int
    list_amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedLine:
    """``units`` are prices; they differ from those of the request if the tax in them changed.

    ``unit_taxes`` has one tuple for each of ``taxes``, with the tax of each unit.
    """

    key: str
    units: tuple[int, ...]
    taxes: tuple[TaxAmount, ...]
    unit_taxes: tuple[tuple[int, ...], ...]

    @property
    def paid_units(self) -> tuple[int, ...]:
        """What each unit is paid with: its price, and the taxes that the price does not contain."""
        added = [
            units
            for tax, units in zip(self.taxes, self.unit_taxes, strict=True)
            if not tax.included
        ]
        return tuple(map(sum, zip(self.units, *added, strict=True))) if added else self.units


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes:
    """``lines`` are by key, in the order of the request."""

    lines: Mapping[str, TaxedLine]
    shipping: TaxedLine | None

    @property
    def parts(self) -> tuple[TaxedLine, ...]:
        return (*self.lines.values(), *([self.shipping] if self.shipping else []))

    @property
    def total(self) -> int:
        """What is paid for goods and shipping, in minor units."""
        return sum(sum(part.paid_units) for part in self.parts)
