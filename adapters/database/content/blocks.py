"""The repository and the queries of content blocks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.version import increase_version
from adapters.database.engine import Database
from adapters.database.statements import save_versioned
from adapters.database.tables.content import blocks
from core.domain.content.blocks import Block, BlockValue
from core.domain.errors import NotFound, StaleVersion
from core.domain.text import Text

IN_ORDER = select(blocks).order_by(blocks.c.position, blocks.c.id)
PUBLISHED = IN_ORDER.where(blocks.c.published == true())
LOCK = select(blocks.c.id).order_by(blocks.c.id).with_for_update()
ORDER = select(blocks.c.id).order_by(blocks.c.position, blocks.c.id)
ARRANGE = (
    update(blocks).where(blocks.c.id == bindparam("block")).values(position=bindparam("place"))
)


class SqlBlocks:
    """`ports.content.blocks.Blocks` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, block_id: UUID) -> Block:
        statement = select(blocks).where(blocks.c.id == block_id)
        row = (await self._connection.execute(statement)).first()
        if row is None:
            raise NotFound("block", str(block_id))
        return _block(row)

    async def save(self, block: Block) -> None:
        # `arrange` alone moves a block: a concurrent move must not be undone.
        place = {} if block.version else {"position": block.position}
        block.version = await save_versioned(
            self._connection,
            blocks,
            {
                **place,
                "id": block.id,
                "kind": block.kind,
                "contents": {name: _stored(value) for name, value in block.values.items()},
                "published": block.published,
            },
            version=block.version,
            kind="block",
            key=block.id,
        )
        await increase_version(self._connection)

    async def remove(self, block_id: UUID, version: int) -> None:
        statement = delete(blocks).where(blocks.c.id == block_id, blocks.c.version == version)
        if (await self._connection.execute(statement)).rowcount == 0:
            raise StaleVersion("block", block_id)
        await increase_version(self._connection)

    async def order_for_update(self) -> Sequence[UUID]:
        # PostgreSQL sorts before it waits for a lock, so the order needs a statement of its own.
        await self._connection.execute(LOCK)
        return list(await self._connection.scalars(ORDER))

    async def arrange(self, block_ids: Sequence[UUID]) -> None:
        places = [{"block": each, "place": place} for place, each in enumerate(block_ids, 1)]
        await self._connection.execute(ARRANGE, places)
        await increase_version(self._connection)


class SqlBlockQueries:
    """`ports.content.blocks.BlockQueries`."""

    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def blocks(self, *, published: bool = False) -> tuple[Block, ...]:
        async with self._reads.connect() as connection:
            rows = (await connection.execute(PUBLISHED if published else IN_ORDER)).all()
        return tuple(_block(row) for row in rows)


def _block(row: Row[Any]) -> Block:
    return Block(
        id=row.id,
        kind=row.kind,
        position=row.position,
        values={name: _value(stored) for name, stored in row.contents.items()},
        published=row.published,
        version=row.version,
    )


def _stored(value: BlockValue) -> Any:
    if isinstance(value, Text):
        return dict(value.by_language)
    return list(value) if isinstance(value, tuple) else value


def _value(stored: Any) -> BlockValue:
    if isinstance(stored, dict):
        return Text(stored)
    return tuple(stored) if isinstance(stored, list) else str(stored)
