"""Read models of the catalogue, for the storefront and for the back office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.catalogue.product import ProductState
from core.domain.fields.values import FieldView
from core.domain.identifiers import CategoryId, ProductId, Sku
from core.domain.money import Money
from core.domain.pricing.applied.prior_price import PriorBasis
from core.domain.pricing.applied.shown_prices import NO_GROUPS
from core.domain.text import Text
from ports.pagination import PageOf, Slice
from ports.search import SearchDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """``depth`` is 1 for the top level. ``fields`` are those of plugins, by name."""

    id: CategoryId
    slug: str
    name: str
    parent_id: CategoryId | None
    depth: int
    fields: Mapping[str, FieldView]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorPrice:
    """A price from before a reduction, which may be crossed out. ``basis`` says what it is.

    ``percent`` is the reduction of it, rounded down.
    """

    price: Money
    basis: PriorBasis
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCard:
    """A product in a list. ``price`` is the lowest price of its variants.

    ``offer`` names what changed that price, such as a promotion; empty if nothing did. ``prior``
    is the price before that. ``suggested`` is the suggested retail price of the manufacturer.
    """

    id: ProductId
    handle: str
    title: str
    price: Money
    highest_price: Money
    offer: str
    prior: PriorPrice | None
    suggested: Money | None
    picture: str
    picture_alt: str
    in_stock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValueView:
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    code: str
    name: str
    values: tuple[OptionValueView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantView:
    """``options`` maps an option's code to the value's code.

    ``offer`` names what changed the price, such as a promotion; empty if nothing did. ``prior``
    is the price before that. ``suggested`` is the suggested retail price of the manufacturer.
    ``fields`` are those of plugins, by name.
    """

    sku: Sku
    label: str
    options: Mapping[str, str]
    price: Money
    offer: str
    prior: PriorPrice | None
    suggested: Money | None
    available: int
    picture: str
    fields: Mapping[str, FieldView]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeView:
    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    address: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductView:
    """``description`` is sanitised HTML.

    ``return_exception`` is the legal reason against a return without a reason; empty if none.
    ``fields`` are those of plugins, by name.
    """

    id: ProductId
    handle: str
    title: str
    description: str
    brand: str
    category_id: CategoryId
    options: tuple[OptionView, ...]
    variants: tuple[VariantView, ...]
    attributes: tuple[AttributeView, ...]
    pictures: tuple[PictureView, ...]
    return_exception: str
    fields: Mapping[str, FieldView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The current price and stock of a SKU. ``for_sale`` is true if its product is published.

    ``categories`` are the slugs of its category and of all above it. ``brand`` is a slug, empty
    without a brand. ``attributes`` has ``code=value`` for each attribute.
    """

    sku: Sku
    product_id: ProductId
    handle: str
    title: Text
    options: Text
    price: Money
    available: int
    weight_grams: int
    size_mm: tuple[int, int, int]
    picture: str
    for_sale: bool
    is_on_sale: bool
    categories: frozenset[str]
    brand: str
    tags: frozenset[str]
    attributes: frozenset[str]
    tax_class: str
    return_exception: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetLabel:
    """The names of a facet and of one of its values, in one language."""

    code: str
    value: str
    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSummary:
    """A product in the back office's list."""

    id: ProductId
    handle: str
    title: str
    state: ProductState
    variants: int
    on_hand: int
    reserved: int
    picture: str
    created_at: datetime


class CatalogueQueries(Protocol):
    async def version(self) -> int:
        """A number that increases with every change of the catalogue."""

    async def categories(self, language: str) -> tuple[CategoryView, ...]:
        """The whole tree, parents before children."""

    async def cards(
        self, product_ids: Sequence[ProductId], language: str, groups: frozenset[str] = NO_GROUPS
    ) -> tuple[ProductCard, ...]:
        """The published products of ``product_ids``, in the same order.

        ``groups`` are those of the buyer, who sees their prices.
        """

    async def newest(self, limit: int) -> tuple[ProductId, ...]:
        """Published products, latest first."""

    async def published(self) -> int:
        """The number of published products."""

    async def handles(self, limit: int, offset: int) -> tuple[str, ...]:
        """The handles of published products, in alphabetical order."""

    async def product(
        self, handle: str, language: str, groups: frozenset[str] = NO_GROUPS
    ) -> ProductView | None:
        """None unless it is published. ``groups`` are those of the buyer."""

    async def offers(self, skus: Sequence[Sku]) -> Mapping[Sku, Offer]:
        """Offers by SKU. An unknown SKU is missing from the result."""

    async def facet_labels(self, language: str) -> tuple[FacetLabel, ...]: ...


class ProductQueries(Protocol):
    """The catalogue for the back office: products in every state."""

    async def list(
        self, *, words: str, state: ProductState | None, language: str, limit: int, cursor: str
    ) -> tuple[tuple[ProductSummary, ...], str]:
        """Newest first, and the cursor of the next page (empty on the last)."""

    async def listed(
        self, words: str, state: ProductState | None, part: Slice, language: str
    ) -> PageOf[ProductSummary]:
        """By the time of their creation. ``words`` are in the title or handle, or are the SKU."""

    async def skus(self, words: str, language: str, limit: int) -> tuple[tuple[Sku, str], ...]:
        """SKUs that contain ``words``, or whose title does, each with its title; by SKU."""

    async def documents(self, product_ids: Sequence[ProductId]) -> tuple[SearchDocument, ...]:
        """Search documents of these products. A product that is not published has none."""

    async def product_ids(self, after: ProductId | None, limit: int) -> tuple[ProductId, ...]:
        """The ids of all products, with keyset pagination by id."""
