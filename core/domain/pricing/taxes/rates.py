"""Tax rates, and which of them apply to a class of goods at a place and a time."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from core.domain.catalogue.tax_classes import EXEMPT, SHIPPING_CLASS, STANDARD
from core.domain.errors import Invalid
from core.domain.pricing.windows import check_window
from core.domain.text import Text

DECIMAL_FRACTION = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,8})?")


@dataclass(frozen=True, slots=True)
class TaxZone:
    """A place: an ISO 3166 country, and a region such as ``CA`` or ``广东省``.

    As the zone of a rate, an empty country is every country, and the region is a prefix.
    """

    country: str = ""
    region: str = ""

    def contains(self, place: "TaxZone") -> bool:
        if not self.country:
            return True
        return self.country == place.country and place.region.startswith(self.region)


EVERYWHERE = TaxZone()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """A tax on one class of goods in one zone, from ``starts_at`` until before ``ends_at``.

    ``code`` names the tax: of the rates with one code, only that of the smallest zone applies, so
    that an island's VAT replaces the country's. Taxes of different codes add up. ``rate`` is a
    decimal fraction as text. A ``compound`` rate applies to the price with all taxes of lower
    ``priority``. ``included`` says whether prices contain the tax; None: as the settings say.
    """

    code: str
    label: Text
    rate: str
    tax_class: str
    zone: TaxZone = EVERYWHERE
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    priority: int = 0
    compound: bool = False
    included: bool | None = None
    fraction: Fraction = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not DECIMAL_FRACTION.fullmatch(self.rate):
            raise Invalid("rate", "“{value}” is no tax rate such as 0.13.", value=self.rate[:20])
        check_window(self.starts_at, self.ends_at)
        object.__setattr__(self, "fraction", Fraction(self.rate))

    def applies_at(self, at: datetime) -> bool:
        is_started = self.starts_at is None or self.starts_at <= at
        return is_started and (self.ends_at is None or at < self.ends_at)


def applicable(
    rates: Iterable[TaxRate], tax_class: str, place: TaxZone, at: datetime
) -> tuple[TaxRate, ...]:
    """The rates of a class, one of each code, by priority. Of equal zones the later start wins."""
    found: dict[str, TaxRate] = {}
    for rate in rates:
        if rate.tax_class != tax_class or not rate.zone.contains(place) or not rate.applies_at(at):
            continue
        other = found.get(rate.code)
        if other is None or _precedence(rate) > _precedence(other):
            found[rate.code] = rate
    return tuple(sorted(found.values(), key=lambda rate: (rate.priority, rate.code)))


def shares_of_net(rates: Sequence[TaxRate]) -> tuple[Fraction, ...]:
    """Each tax as a share of the net price. The rates are in the order of `applicable`.

    >>> gst = TaxRate(code="gst", label=Text({"en": "GST"}), rate="0.05", tax_class="goods")
    >>> qst = TaxRate(
    ...     code="qst", label=Text({"en": "QST"}), rate="0.095", tax_class="goods",
    ...     priority=1, compound=True,
    ... )
    >>> [float(share) for share in shares_of_net([gst, qst])]
    [0.05, 0.09975]
    """
    shares: list[Fraction] = []
    for rate in rates:
        below = sum(
            share
            for share, other in zip(shares, rates, strict=False)
            if other.priority < rate.priority
        )
        shares.append(rate.fraction * (1 + below) if rate.compound else rate.fraction)
    return tuple(shares)


def _precedence(rate: TaxRate) -> tuple[int, float]:
    size = len(rate.zone.country) + len(rate.zone.region)
    return size, rate.starts_at.timestamp() if rate.starts_at else float("-inf")


def classes_of_goods(rates: Iterable[TaxRate]) -> tuple[str, ...]:
    """The classes that goods can have: standard, exempt, and those of the rates by name."""
    named = {rate.tax_class for rate in rates} - {STANDARD, EXEMPT, SHIPPING_CLASS}
    return (STANDARD, EXEMPT, *sorted(named))
