"""A product as a feed (a catalogue file) describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.catalogue.product import (
    ProductState,
)
from core.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedVariant:
    """``options`` are the values by the options' names, as people read them."""

    sku: str
    options: Mapping[str, str]
    price: Money
    compare_at: Money | None = None
    weight_grams: int = 0
    barcode: str = ""
    picture: str = ""
    on_hand: int | None = None
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPicture:
    path: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAttribute:
    """``code`` is stable; ``name`` and ``labels`` are as people read them."""

    code: str
    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedProduct:
    """A product in one language. ``category`` are names from the top down.

    ``type`` is one category's slug or name; where the shop has none of that name, the
    ``category`` decides, and the type is kept as an extra.
    What is None is not said by the feed, and stays as it is. ``refused`` are the SKUs of
    rows that could not be read: what the shop has of them stays, too.
    """

    handle: str
    language: str
    title: str
    variants: tuple[FeedVariant, ...]
    description: str | None = None
    vendor: str = ""
    type: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] | None = None
    pictures: tuple[FeedPicture, ...] | None = None
    attributes: tuple[FeedAttribute, ...] | None = None
    state: ProductState | None = None
    extras: Mapping[str, str] | None = None
    refused: frozenset[str] = frozenset()
