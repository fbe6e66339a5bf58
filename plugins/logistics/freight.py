"""Freight templates: the price of a parcel by piece, weight or volume.

``fee = first_fee + ⌈max(0, quantity − first) / next⌉ × next_fee``, with the quantity in
pieces, grams or cubic centimetres. By weight, the billable weight is the larger of the
actual and the volumetric one (cubic centimetres ÷ divisor, in kilograms).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from entrepot import Address, DomainError, Money, ShippingRequest, Text

EVERYWHERE = "*"
GRAMS_PER_KILOGRAM = 1000
MM3_PER_CM3 = 1000


class Charge(StrEnum):
    PIECE = "piece"
    WEIGHT = "weight"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRate:
    """``match`` are places such as ``CN``, ``CN/广东省`` or ``CN/广东省/深圳市``, or ``*``.

    ``free_from`` is the goods total from which shipping is free; None if it never is.
    """

    match: tuple[str, ...]
    first: int = 1
    first_fee: int = 0
    next: int = 1
    next_fee: int = 0
    free_from: int | None = None
    undeliverable: bool = False

    def fee(self, quantity: int) -> int:
        """Minor units for this many pieces, grams or cubic centimetres.

        >>> rate = RegionRate(match=("*",), first=1000, first_fee=800, next=500, next_fee=250)
        >>> [rate.fee(grams) for grams in (1, 1000, 1001, 2300)]
        [800, 800, 1050, 1550]
        """
        more = max(0, quantity - self.first)
        return self.first_fee + -(-more // self.next) * self.next_fee


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightTemplate:
    """One shipping option. ``volume_divisor`` is cm³ per kilogram; 0 ignores the volume."""

    code: str
    name: Text
    charge: Charge
    regions: tuple[RegionRate, ...]
    volume_divisor: int = 0

    def price(self, request: ShippingRequest) -> Money | None:
        """The price, or None if the address cannot be served."""
        region = self.region(request.address)
        if region is None or region.undeliverable:
            return None
        goods = request.goods_total
        if region.free_from is not None and goods.minor >= region.free_from:
            return Money(0, goods.currency)
        return Money(region.fee(self.quantity(request)), goods.currency)

    def region(self, address: Address) -> RegionRate | None:
        """The most specific region that contains the address."""
        parts = [address.country, address.region, address.city, address.district]
        for length in range(len(parts), 0, -1):
            place = "/".join(parts[:length])
            for region in self.regions:
                if place in region.match:
                    return region
        return next((each for each in self.regions if EVERYWHERE in each.match), None)

    def quantity(self, request: ShippingRequest) -> int:
        pieces = sum(line.quantity for line in request.lines)
        grams = sum(line.quantity * line.weight_grams for line in request.lines)
        volume = sum(line.quantity * line.volume_mm3 for line in request.lines)
        cubic_cm = -(-volume // MM3_PER_CM3)
        if self.charge is Charge.PIECE:
            return pieces
        if self.charge is Charge.VOLUME:
            return cubic_cm
        if not self.volume_divisor:
            return grams
        return max(grams, -(-cubic_cm * GRAMS_PER_KILOGRAM // self.volume_divisor))


def read_templates(document: Mapping[str, Any], currency: str) -> tuple[FreightTemplate, ...]:
    """Templates from parsed TOML. All amounts must be in the currency of the shop.

    Raises:
        ValueError: names the template and its error.
    """
    templates = tuple(
        _template(each, place, currency)
        for place, each in enumerate(document.get("template", []), 1)
    )
    codes = [template.code for template in templates]
    if len(set(codes)) != len(codes):
        raise ValueError("two freight templates have the same code")
    return templates


def _template(document: Mapping[str, Any], place: int, currency: str) -> FreightTemplate:
    try:
        return FreightTemplate(
            code=document["code"],
            name=Text(document["name"]),
            charge=Charge(document["charge"]),
            regions=tuple(_region(region, currency) for region in document["region"]),
            volume_divisor=_count(document, "volume_divisor", 0),
        )
    except KeyError as error:
        raise ValueError(f"freight template {place} lacks {error}") from error
    except (DomainError, TypeError, ValueError) as error:
        raise ValueError(f"freight template {place}: {error}") from error


def _region(document: Mapping[str, Any], currency: str) -> RegionRate:
    match: Sequence[str] = document["match"]
    return RegionRate(
        match=tuple(match),
        first=_count(document, "first", 1),
        first_fee=_minor(document, "first_fee", currency),
        next=_count(document, "next", 1) or 1,
        next_fee=_minor(document, "next_fee", currency),
        free_from=_minor(document, "free_from", currency) if "free_from" in document else None,
        undeliverable=bool(document.get("undeliverable")),
    )


def _minor(document: Mapping[str, Any], name: str, currency: str) -> int:
    """The minor units of an amount such as ``8.00 CNY``; 0 if it is missing."""
    text = document.get(name, f"0 {currency}")
    if not isinstance(text, str):
        raise ValueError(f'{name} must be an amount with its currency, such as "8.00 {currency}"')  # noqa: TRY004 -- a wrong file, not a wrong call
    amount = Money.parse_with_currency(text)
    if amount.currency != currency:
        raise ValueError(f"{name} is in {amount.currency}, and the shop sells in {currency}")
    if amount.minor < 0:
        raise ValueError(f"{name} is below zero")
    return amount.minor


def _count(document: Mapping[str, Any], name: str, default: int) -> int:
    value = document.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a whole number, zero or more")
    return value
