"""The catalogue as a plugin reads it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.domain.identifiers import CategoryId, ProductId, Sku
from core.domain.money import Money
from core.domain.text import Text


class Availability(StrEnum):
    """Whether units can be bought now."""

    IN_STOCK = "in_stock"
    SOLD_OUT = "sold_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopVariant:
    """``label`` names the chosen options. ``price`` is the public price now."""

    sku: Sku
    label: Text
    price: Money
    availability: Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopProduct:
    """A published product, in both languages. ``brand`` is empty without a brand."""

    id: ProductId
    handle: str
    title: Text
    brand: str
    category_id: CategoryId
    variants: tuple[ShopVariant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopProductSummary:
    """A product in a list. ``price`` is the lowest price of its variants."""

    id: ProductId
    handle: str
    title: Text
    price: Money
    highest_price: Money
    availability: Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopProductPage:
    """``cursor`` is for the next page, and empty on the last one."""

    products: tuple[ShopProductSummary, ...]
    cursor: str


class ShopCatalogue(Protocol):
    """Reads published products. Needs the capability ``catalogue.read``."""

    async def get(self, product_id: ProductId) -> ShopProduct:
        """Raises `NotFound`, also if the product is not published."""

    async def by_handle(self, handle: str) -> ShopProduct:
        """The product with this part of its address. Raises `NotFound`."""

    async def by_sku(self, sku: Sku) -> ShopProduct:
        """The product of a variant. Raises `NotFound`."""

    async def of_category(self, slug: str, limit: int = 20, cursor: str = "") -> ShopProductPage:
        """Products of a category and of those below it, newest first, at most 100 at once.

        Raises:
            Invalid: the limit or the cursor is wrong.
            NotFound: there is no such category.
        """
