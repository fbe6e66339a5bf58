"""Content blocks: their repository, their queries, and the products that they show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NewType, Protocol
from uuid import UUID

from core.domain.content.blocks import Block, BlockKind
from core.domain.identifiers import CategoryId, ProductId
from ports.content.filling import FilledSlot
from ports.content.fragments import Fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedKind:
    """A kind with its owner: the name of a plugin, or empty for the shop."""

    kind: BlockKind
    plugin: str = ""

    @property
    def code(self) -> str:
        """The code in the table: kinds of plugins have the name of the plugin before it."""
        return f"{self.plugin}.{self.kind.code}" if self.plugin else self.kind.code


BlockKinds = NewType("BlockKinds", Mapping[str, OwnedKind])
"""All kinds of the shop and of the loaded plugins, by code."""


class Blocks(Protocol):
    """The blocks of the home page. Every change makes the pages of all processes reload."""

    async def get(self, block_id: UUID) -> Block:
        """Raises `NotFound`."""

    async def save(self, block: Block) -> None:
        """Raises `StaleVersion`."""

    async def remove(self, block_id: UUID, version: int) -> None:
        """Raises `StaleVersion` if it is gone, or not at ``version`` any more."""

    async def order_for_update(self) -> Sequence[UUID]:
        """All blocks in their order. Concurrent callers wait until this transaction ends."""

    async def arrange(self, block_ids: Sequence[UUID]) -> None:
        """Give these blocks the positions from 1 upwards."""


class BlockQueries(Protocol):
    async def blocks(self, *, published: bool = False) -> tuple[Block, ...]:
        """The blocks in their order, in one statement; the published ones, or all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """Products by handle, or the newest ones of categories, at most ``limit``."""

    handles: tuple[str, ...] = ()
    categories: tuple[CategoryId, ...] = ()
    limit: int = 12


class FindRowProducts(Protocol):
    async def __call__(self, rows: Sequence[ProductRow]) -> Sequence[tuple[ProductId, ...]]:
        """The published products of each row, in one statement for all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginBlock:
    """A block of a plugin's kind, ready for its template."""

    id: UUID
    plugin: str
    fragment: Fragment
    language: str = field(default="zh")


class RenderBlocks(Protocol):
    async def __call__(self, blocks: Sequence[PluginBlock]) -> Mapping[UUID, FilledSlot]:
        """The HTML of blocks of plugins. What is late or wrong is missing."""
