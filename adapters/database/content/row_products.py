"""The products of the rows of a home page, in one statement."""

from collections.abc import Sequence

from sqlalchemy import Select, literal, select, union_all

from adapters.database.engine import Database
from adapters.database.tables.catalogue import products
from core.domain.identifiers import ProductId
from ports.content.blocks import ProductRow


class SqlRowProducts:
    """`ports.content.blocks.FindRowProducts`."""

    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def __call__(self, rows: Sequence[ProductRow]) -> Sequence[tuple[ProductId, ...]]:
        if not rows:
            return ()
        parts = [select(_part(number, row).subquery()) for number, row in enumerate(rows)]
        async with self._reads.connect() as connection:
            found = (await connection.execute(union_all(*parts))).all()
        by_row: list[list[tuple[str, ProductId]]] = [[] for _ in rows]
        for number, product_id, handle in found:
            by_row[number].append((handle, ProductId(product_id)))
        return [_ordered(row, each) for row, each in zip(rows, by_row, strict=True)]


def _part(number: int, row: ProductRow) -> Select[tuple[int, ProductId, str]]:
    chosen = (
        products.c.handle.in_(row.handles)
        if row.handles
        else products.c.category_id.in_(row.categories)
    )
    return (
        select(literal(number).label("number"), products.c.id, products.c.handle)
        .where(products.c.state == "published", chosen)
        .order_by(products.c.created_at.desc(), products.c.id.desc())
        .limit(row.limit)
    )


def _ordered(row: ProductRow, found: Sequence[tuple[str, ProductId]]) -> tuple[ProductId, ...]:
    """Products that staff chose are in their order. A union has none of its own."""
    if not row.handles:
        return tuple(sorted((product_id for _, product_id in found), reverse=True))
    by_handle = dict(found)
    return tuple(by_handle[each] for each in row.handles if each in by_handle)
