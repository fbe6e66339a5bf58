"""Repositories of categories, brands and products."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.domain.catalogue.category import Brand, Category
from core.domain.catalogue.product import Product
from core.domain.identifiers import BrandId, CategoryId, ProductId, Sku


class Categories(Protocol):
    async def get(self, category_id: CategoryId) -> Category:
        """Raises `NotFound`."""

    async def find(self, slug: str) -> Category | None: ...

    async def list(self) -> tuple[Category, ...]:
        """The whole tree, parents before children, each level by position."""

    async def save(self, category: Category) -> None:
        """Raises `AlreadyExists` (slug), `StaleVersion`, `Invalid` (a cycle of parents)."""


class Brands(Protocol):
    async def get(self, brand_id: BrandId) -> Brand:
        """Raises `NotFound`."""

    async def find(self, slug: str) -> Brand | None: ...

    async def list(self) -> tuple[Brand, ...]: ...

    async def save(self, brand: Brand) -> None:
        """Raises `AlreadyExists` (slug) or `StaleVersion`."""


class Products(Protocol):
    async def get(self, product_id: ProductId) -> Product:
        """Raises `NotFound`."""

    async def find(self, handle: str) -> Product | None: ...

    async def find_by_sku(self, sku: Sku) -> Product | None: ...

    async def owners(self, skus: Sequence[Sku]) -> Mapping[Sku, ProductId]:
        """The products that have these SKUs. A free SKU is missing from the result."""

    async def save(self, product: Product) -> None:
        """Raises `AlreadyExists` (handle or SKU) or `StaleVersion`."""
