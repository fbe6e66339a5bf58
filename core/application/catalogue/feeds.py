"""A product of a feed (a catalogue file)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.domain.catalogue.product import ProductState
from core.domain.catalogue.variant import Sale
from core.domain.money import Money


@dataclass(frozen=True, slots=True)
class RowNote:
    """What the import did differently from the file, or did not take over."""

    line: int
    text: str


NO_MEANING = (
    "does not say what it is: it is kept, and shown once a product has evidence that it is the"
    " suggested retail price"
)
"""Note on a column with a price to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedVariant:
    """``code`` is the supplier's SKU as written; empty if there is none.

    ``options`` are the displayed values by the displayed names of the options. A field that is
    None is not in the feed; an empty sale is removed. ``fields`` are texts of fields of plugins.
    """

    line: int
    code: str
    options: Mapping[str, str]
    price: Money
    compare_at: Money | Literal[""] | None = None
    sale: Sale | Literal[""] | None = None
    weight_grams: int | None = None
    barcode: str | None = None
    picture: str | None = None
    on_hand: int | None = None
    extras: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


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

    ``type`` is the slug or name of a category, for products without a path. A field that is
    None is not in the feed, and is not changed. ``columns`` are the extra columns of the feed,
    and ``attribute_codes`` the attributes that it has columns for. ``refused`` are the
    supplier's SKUs of unreadable rows; these variants are not changed. An empty one stands for
    a variant without SKU. ``tax_class`` wins over ``is_taxed``, which says whether the goods are
    taxed at all. ``fields`` are the texts of fields of plugins in the first row.
    """

    line: int
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
    attributes: tuple[FeedAttribute, ...] = ()
    attribute_codes: frozenset[str] = frozenset()
    state: ProductState | None = None
    extras: Mapping[str, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    tax_class: str | None = None
    is_taxed: bool | None = None
