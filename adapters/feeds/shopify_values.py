"""Reads the values of a row of Shopify's product CSV."""

import re
from collections.abc import Collection, Sequence

from adapters.feeds.rows import Row
from adapters.feeds.shopify_columns import OPTIONS, STATES
from adapters.feeds.shopify_notes import FALSE, TRUE, UNLISTED
from core.domain.catalogue.product import ProductState
from core.domain.errors import Invalid
from core.domain.money import Money

MAX_DIGITS = 9
QUANTITY = re.compile(r"-?[0-9]+(\.0+)?")
LOSSY = re.compile(r"\d+([.,]\d+)?[eE]\+\d+")
"""A number that a spreadsheet changed to scientific notation."""


def is_variant(row: Row) -> bool:
    columns = ("variant price", "variant sku", *(f"option{place} value" for place in OPTIONS))
    return any(row[name] for name in columns)


def options_in(row: Row, names: Sequence[str]) -> dict[str, str]:
    written = [name for name in names if name]
    if len(set(written)) < len(written):
        raise Invalid("options", "two options have the same name")
    options: dict[str, str] = {}
    for place, name in zip(OPTIONS, names, strict=True):
        value = row[f"option{place} value"]
        if name and not value:
            raise Invalid("options", "the option {name} has no value", name=name)
        if value and not name:
            raise Invalid("options", "the value {value} belongs to no option", value=value)
        if name and (name, value) != ("Title", "Default Title"):
            options[name] = value
    return options


def state_in(row: Row) -> ProductState | None:
    status = row["status"].lower()
    if status == UNLISTED or row["gift card"].lower() == TRUE:
        return ProductState.DRAFT
    if status and status not in STATES:
        raise Invalid(
            "status", "“{value}” is no status; use active, draft or archived", value=status
        )
    published = row["published"].lower()
    if published == "false" and status in {"", "active"}:
        return ProductState.DRAFT
    if status:
        return STATES[status]
    return ProductState.PUBLISHED if "published" in row.cells else None


def is_taxed_in(rows: Sequence[Row], variants: Collection[int]) -> bool | None:
    """Whether a product is taxed; None if the file does not say. ``variants`` are their lines."""
    written = {row["variant taxable"].lower() for row in rows if row.line in variants} - {""}
    return TRUE in written if written else None


def check_taxable(row: Row, first: Row) -> None:
    """Raises `Invalid`: Shopify taxes each variant, and here a product has one tax class."""
    value, of_first = row["variant taxable"], first["variant taxable"]
    if value.lower() not in {"", TRUE, FALSE}:
        raise Invalid("taxable", "“{value}” is neither TRUE nor FALSE", value=value[:40])
    if value and of_first and value.lower() != of_first.lower():
        raise Invalid(
            "taxable",
            "only some variants are taxable; a product has one tax class, as line {line}",
            line=first.line,
        )


def text_in(value: str) -> str:
    """Remove the apostrophe that spreadsheets put before digits; refuse shortened numbers."""
    if LOSSY.fullmatch(value):
        raise Invalid(
            "barcode", "“{value}” was shortened by a spreadsheet; format it as text", value=value
        )
    return value.removeprefix("'")


def price_in(text: str, currency: str) -> Money:
    price = Money.parse(text, currency)
    if price.minor < 0:
        raise Invalid("price", "the price {value} is below zero", value=text)
    return price


def grams_in(text: str) -> int:
    """Round to whole grams. Shopify writes decimals: eight ounces are 226.796185."""
    if not text:
        return 0
    integer, _, fraction = text.partition(".")
    if not (integer + fraction).isdecimal() or not integer or len(integer) > MAX_DIGITS:
        raise Invalid("weight", "the weight “{value}” is not a number of grams", value=text[:40])
    return int(integer) + (1 if fraction[:1] >= "5" else 0)


def quantity_in(text: str) -> int | None:
    """Read whole units. A negative number means that more were sold than there were: 0."""
    if not text:
        return None
    if not QUANTITY.fullmatch(text) or len(text) > MAX_DIGITS:
        raise Invalid("quantity", "the quantity “{value}” is not a whole number", value=text[:40])
    return max(int(text.partition(".")[0]), 0)
