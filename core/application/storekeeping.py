"""Keeping the store: counting stock, and arranging the category tree."""

from dataclasses import dataclass

from core.domain.catalogue.category import Category
from core.domain.errors import NotFound
from core.domain.identifiers import CategoryId, LocationCode, Sku
from core.domain.text import Text
from ports.clock import NewId
from ports.storage.units import UnitsOfWork


@dataclass(frozen=True, slots=True)
class CountStock:
    """Write down how many units lie at a location, and how many more may be sold."""

    units: UnitsOfWork

    async def __call__(
        self, sku: Sku, location: LocationCode, on_hand: int, backorder_limit: int | None = None
    ) -> None:
        """``backorder_limit`` None leaves the limit as it is."""
        async with self.units() as unit:
            if await unit.products.find_by_sku(sku) is None:
                raise NotFound("SKU", sku)
            await unit.stock.set_on_hand(sku, location, on_hand)
            if backorder_limit is not None:
                await unit.stock.set_backorder_limit(sku, location, backorder_limit)
            await unit.commit()


@dataclass(frozen=True, slots=True)
class KeepCategory:
    """Make a category, or rename and move the one with this slug. The same again is no change."""

    units: UnitsOfWork
    new_id: NewId

    async def __call__(
        self, slug: str, name: Text, parent: str | None = None, position: int = 0
    ) -> CategoryId:
        async with self.units() as unit:
            above = None
            if parent is not None:
                above = await unit.categories.find(parent)
                if above is None:
                    raise NotFound("category", parent)
            parent_id = above.id if above else None
            known = await unit.categories.find(slug)
            if known is None:
                known = Category(id=CategoryId(self.new_id()), slug=slug, name=name)
            elif (known.name, known.parent_id, known.position) == (name, parent_id, position):
                return known.id
            known.name, known.parent_id, known.position = name, parent_id, position
            await unit.categories.save(known)
            await unit.commit()
            return known.id
