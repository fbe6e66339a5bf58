"""Staff arrange the blocks of the home page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.application.retries import retried
from core.domain.content.blocks import (
    MAX_BLOCKS,
    Block,
    BlockFieldKind,
    BlockKind,
    checked_values,
)
from core.domain.errors import Invalid, NotFound
from core.domain.text import Text
from ports.clock import NewId
from ports.content.blocks import BlockKinds
from ports.security import Sanitise
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class AddBlock:
    """Add an empty block below the others; it is not published.

    Raises:
        NotFound: no plugin has the kind.
        Invalid: there are too many blocks.
    """

    units: UnitsOfWork
    block_kinds: BlockKinds
    new_id: NewId

    @retried
    async def __call__(self, kind: str) -> UUID:
        if kind not in self.block_kinds:
            raise NotFound("block", kind)
        async with self.units() as unit:
            others = await unit.blocks.order_for_update()
            if len(others) >= MAX_BLOCKS:
                raise Invalid("kind", "A home page has at most {most} blocks.", most=MAX_BLOCKS)
            block = Block(id=self.new_id(), kind=kind, position=len(others) + 1)
            await unit.blocks.save(block)
            await unit.commit()
        return block.id


@dataclass(frozen=True, slots=True)
class SaveBlock:
    """Replace the values of a block, and publish it or not. HTML is sanitised.

    Raises:
        NotFound: the block is gone, or no plugin has its kind any more.
        Invalid: a value is missing or wrong.
        StaleVersion: the block changed since ``version``.
    """

    units: UnitsOfWork
    block_kinds: BlockKinds
    sanitise: Sanitise

    @retried
    async def __call__(
        self, block_id: UUID, values: Mapping[str, Any], version: int, *, published: bool
    ) -> None:
        async with self.units() as unit:
            block = await unit.blocks.get(block_id)
            owned = self.block_kinds.get(block.kind)
            if owned is None:
                raise NotFound("block", block.kind)
            block.values = checked_values(owned.kind, self._sanitised(owned.kind, values))
            block.published = published
            block.version = version
            await unit.blocks.save(block)
            await unit.commit()

    def _sanitised(self, kind: BlockKind, values: Mapping[str, Any]) -> dict[str, Any]:
        rich = {each.name for each in kind.fields if each.kind is BlockFieldKind.RICH}
        return {
            name: Text({each: self.sanitise(html) for each, html in value.by_language.items()})
            if name in rich
            else value
            for name, value in values.items()
        }


@dataclass(frozen=True, slots=True)
class MoveBlock:
    """Move a block up or down by one place. At the end it stays. Raises `NotFound`."""

    units: UnitsOfWork

    @retried
    async def __call__(self, block_id: UUID, *, up: bool) -> None:
        async with self.units() as unit:
            order = list(await unit.blocks.order_for_update())
            if block_id not in order:
                raise NotFound("block", str(block_id))
            place = order.index(block_id)
            other = place - 1 if up else place + 1
            if 0 <= other < len(order):
                order[place], order[other] = order[other], order[place]
                await unit.blocks.arrange(order)
            await unit.commit()


@dataclass(frozen=True, slots=True)
class RemoveBlock:
    """Raises `StaleVersion` if it is gone, or changed since ``version``."""

    units: UnitsOfWork

    @retried
    async def __call__(self, block_id: UUID, version: int) -> None:
        async with self.units() as unit:
            await unit.blocks.remove(block_id, version)
            await unit.commit()
