"""Reads the values of a row of a Google Merchant feed."""

import re
from datetime import datetime

from adapters.feeds.rows import Row
from core.domain.catalogue.variant import Sale
from core.domain.errors import Invalid
from core.domain.money import Money

AVAILABLE = {"in_stock", "in stock", "preorder", "backorder"}
UNAVAILABLE = {"out_of_stock", "out of stock"}
GRAMS = {"g": 1, "kg": 1000, "oz": 28.349523125, "lb": 453.59237}
WEIGHT = re.compile(r"(?P<amount>[0-9]{1,9}(\.[0-9]+)?)\s*(?P<unit>[a-z]+)", re.IGNORECASE)


def price_in(text: str, currency: str) -> Money:
    """Read ``15.00 CNY``."""
    amount, _, written = text.rpartition(" ")
    if written != currency:
        raise Invalid(
            "price",
            "the price “{value}” must be written like 15.00 {currency}",
            value=text[:40],
            currency=currency,
        )
    price = Money.parse(amount, currency)
    if price.minor < 0:
        raise Invalid("price", "the price {value} is below zero", value=text[:40])
    return price


def sale_in(row: Row, price: Money) -> tuple[Sale | None, str]:
    """Return the sale, and a note if its dates cannot be read. Such a sale is left out."""
    if not row["sale_price"]:
        return None, ""
    sale_price = price_in(row["sale_price"], price.currency)
    if not sale_price < price:
        return None, f"the sale price {row['sale_price']} is not below the price and is not used"
    dates = row["sale_price_effective_date"]
    if not dates:
        return Sale(price=sale_price), ""
    try:
        starts, ends = (_moment(part) for part in dates.split("/"))
        return Sale(price=sale_price, starts_at=starts, ends_at=ends), ""
    except (ValueError, Invalid):
        return None, (
            f"the sale was not scheduled, and the regular price counts: write “{dates[:60]}” like"
            " 2026-11-11T00:00+0800/2026-11-12T00:00+0800"
        )


def on_hand_in(row: Row, assume_stock: int) -> int:
    availability = row["availability"].lower()
    if availability in UNAVAILABLE:
        return 0
    if availability in AVAILABLE:
        return assume_stock
    raise Invalid(
        "availability",
        "the availability “{value}” is none; use in_stock or out_of_stock",
        value=availability[:40],
    )


def grams_in(text: str) -> int:
    if not text:
        return 0
    match = WEIGHT.fullmatch(text)
    if match is None or match["unit"].lower() not in GRAMS:
        raise Invalid("weight", "the weight “{value}” must be written like 1.5 kg", value=text[:40])
    return round(float(match["amount"]) * GRAMS[match["unit"].lower()])


def html_of(text: str) -> str:
    """Convert plain text to HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<p>{escaped}</p>" if escaped else ""


def _moment(text: str) -> datetime:
    """Raises `ValueError` without a time zone: the moment is then unknown."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
