"""A product of a feed (a catalogue file)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.catalogue.product import ProductState
from core.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedVariant:
    """``options`` are the displayed values by the displayed names of the options."""

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
    """``code`` is stable; ``name`` and ``labels`` are displayed."""

    code: str
    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedProduct:
    """A product in one language. ``category`` is a path of names, from the top down.

    ``type`` is the slug or name of a category. If the shop has no such category, ``category``
    decides, and the type is stored as an extra. A field that is None is not in the feed, and
    is not changed. ``refused`` are the SKUs of unreadable rows; these variants are not changed.
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
