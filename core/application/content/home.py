"""The published blocks of the home page, with the products that they show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.domain.content.blocks import Block, BlockFieldKind, BlockValue
from core.domain.identifiers import CategoryId
from core.domain.pricing.applied.shown_prices import NO_GROUPS
from core.domain.text import Text
from ports.catalogue.queries import CatalogueQueries, CategoryView, ProductCard
from ports.content.blocks import (
    BlockKinds,
    BlockQueries,
    FindRowProducts,
    OwnedKind,
    ProductRow,
)

CATALOGUE_FIELDS = {BlockFieldKind.CATEGORY, BlockFieldKind.PRODUCTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockView:
    """``values`` are in the language of the page; products and categories are cards."""

    id: UUID
    owned: OwnedKind
    values: Mapping[str, str | tuple[ProductCard, ...]]


@dataclass(frozen=True, slots=True)
class ShowBlocks:
    """One statement without blocks; with blocks of products, a constant number.

    A block whose plugin is not loaded is left out.
    """

    block_queries: BlockQueries
    block_kinds: BlockKinds
    find_row_products: FindRowProducts
    catalogue_queries: CatalogueQueries

    async def __call__(
        self, language: str, groups: frozenset[str] = NO_GROUPS
    ) -> tuple[BlockView, ...]:
        stored = await self.block_queries.blocks(published=True)
        blocks = [(block, self.block_kinds[block.kind]) for block in stored if self._knows(block)]
        cards = await self._cards(blocks, language, groups)
        return tuple(
            BlockView(
                id=block.id,
                owned=owned,
                values={
                    name: cards[block.id, name]
                    if (block.id, name) in cards
                    else _shown(value, language)
                    for name, value in block.values.items()
                },
            )
            for block, owned in blocks
        )

    def _knows(self, block: Block) -> bool:
        return block.kind in self.block_kinds

    async def _cards(
        self, blocks: Sequence[tuple[Block, OwnedKind]], language: str, groups: frozenset[str]
    ) -> Mapping[tuple[UUID, str], tuple[ProductCard, ...]]:
        wanted = {
            (block.id, name): value
            for block, owned in blocks
            for name, value in block.values.items()
            if _is_catalogue(owned, name)
        }
        if not wanted:
            return {}
        tree = await self.catalogue_queries.categories(language)
        found = await self.find_row_products([_row(value, tree) for value in wanted.values()])
        ids = list(dict.fromkeys(each for row in found for each in row))
        cards = await self.catalogue_queries.cards(ids, language, groups)
        by_id = {card.id: card for card in cards}
        return {
            place: tuple(by_id[each] for each in row if each in by_id)
            for place, row in zip(wanted, found, strict=True)
        }


def _is_catalogue(owned: OwnedKind, name: str) -> bool:
    return any(each.name == name and each.kind in CATALOGUE_FIELDS for each in owned.kind.fields)


def _row(value: BlockValue, tree: Sequence[CategoryView]) -> ProductRow:
    if isinstance(value, tuple):
        return ProductRow(handles=value)
    return ProductRow(categories=_subtree(str(value), tree))


def _subtree(slug: str, tree: Sequence[CategoryView]) -> tuple[CategoryId, ...]:
    """The category and all below it. The tree lists parents before their children."""
    found: list[CategoryId] = []
    for category in tree:
        if category.slug == slug or category.parent_id in found:
            found.append(category.id)
    return tuple(found)


def _shown(value: BlockValue, language: str) -> str:
    return value.in_language(language) if isinstance(value, Text) else str(value)
