"""Conversion between JSON columns, and price lists and tax rates."""

from collections.abc import Sequence
from datetime import datetime

from adapters.database.documents import Document, text_to
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import PriceList, PriceRank, PriceStep
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.text import Text
from ports.pricing import Ladders


def price_list_to(price_list: PriceList) -> Document:
    """Everything but the ladders."""
    return {
        "rank": price_list.rank.name,
        "groups": sorted(price_list.groups),
        "channels": sorted(price_list.channels),
        "countries": sorted(price_list.countries),
        "starts_at": _moment_to(price_list.starts_at),
        "ends_at": _moment_to(price_list.ends_at),
        "closes": sorted(price_list.closes),
        "label": text_to(price_list.label),
    }


def price_list_from(code: str, document: Document, ladders: Ladders) -> PriceList:
    return PriceList(
        code=code,
        ladders=ladders,
        rank=PriceRank[document["rank"]],
        groups=frozenset(document["groups"]),
        channels=frozenset(document["channels"]),
        countries=frozenset(document["countries"]),
        starts_at=_moment_from(document["starts_at"]),
        ends_at=_moment_from(document["ends_at"]),
        closes=frozenset(map(Lane, document["closes"])),
        label=Text(document.get("label", {})),
    )


def ladders_from(steps: Sequence[tuple[str, int, int]]) -> Ladders:
    """The ladders of ``(sku, quantity, minor)``."""
    ladders: dict[str, list[PriceStep]] = {}
    for sku, quantity, minor in sorted(steps):
        ladders.setdefault(sku, []).append(PriceStep(quantity, minor))
    return {sku: tuple(ladder) for sku, ladder in ladders.items()}


def tax_rate_to(rate: TaxRate) -> Document:
    return {
        "code": rate.code,
        "label": text_to(rate.label),
        "rate": rate.rate,
        "tax_class": rate.tax_class,
        "country": rate.zone.country,
        "region": rate.zone.region,
        "starts_at": _moment_to(rate.starts_at),
        "ends_at": _moment_to(rate.ends_at),
        "priority": rate.priority,
        "compound": rate.compound,
        "included": rate.included,
    }


def tax_rate_from(document: Document) -> TaxRate:
    return TaxRate(
        code=document["code"],
        label=Text(document["label"]),
        rate=document["rate"],
        tax_class=document["tax_class"],
        zone=TaxZone(document["country"], document["region"]),
        starts_at=_moment_from(document["starts_at"]),
        ends_at=_moment_from(document["ends_at"]),
        priority=document["priority"],
        compound=document["compound"],
        included=document["included"],
    )


def _moment_to(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment_from(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
