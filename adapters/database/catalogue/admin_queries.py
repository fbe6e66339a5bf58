"""The catalogue as those who run the shop read it, and as the search index is fed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.catalogue.queries import available
from adapters.database.engine import Database
from adapters.database.tables.catalogue import brands, categories, products, variants
from adapters.database.tables.stock import stock_levels
from adapters.serialization.cursors import read_cursor, timestamp, write_cursor
from core.domain.catalogue.product import ProductState
from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money
from core.domain.text import Text
from ports.catalogue.queries import ProductSummary
from ports.media import Media
from ports.search import SearchDocument


class SqlProductQueries:
    def __init__(self, database: Database, media: Media) -> None:
        self._reads = database.reads
        self._media = media

    async def list(
        self, *, words: str, state: ProductState | None, language: str, limit: int, cursor: str
    ) -> tuple[tuple[ProductSummary, ...], str]:
        page = (
            select(
                products.c.id,
                products.c.handle,
                products.c.title,
                products.c.state,
                products.c.pictures,
                products.c.created_at,
            )
            .order_by(products.c.created_at.desc(), products.c.id.desc())
            .limit(limit + 1)
        )
        if state is not None:
            page = page.where(products.c.state == str(state))
        if words:
            page = page.where(_named(words))
        if cursor:
            at, last = read_cursor(cursor, (timestamp, UUID))
            page = page.where(
                or_(
                    products.c.created_at < at,
                    and_(products.c.created_at == at, products.c.id < last),
                )
            )
        async with self._reads.connect() as connection:
            rows = (await connection.execute(page)).all()
            shown = rows[:limit]
            counted = (await connection.execute(_counted([row.id for row in shown]))).all()
        counts = {row.product_id: row for row in counted}
        stocked = tuple(
            ProductSummary(
                id=ProductId(row.id),
                handle=row.handle,
                title=Text(row.title).in_language(language),
                state=ProductState(row.state),
                variants=counts[row.id].variants if row.id in counts else 0,
                on_hand=counts[row.id].on_hand if row.id in counts else 0,
                reserved=counts[row.id].reserved if row.id in counts else 0,
                picture=self._media.address(row.pictures[0]["path"]) if row.pictures else "",
            )
            for row in shown
        )
        more = len(rows) > limit
        return stocked, write_cursor(shown[-1].created_at.isoformat(), shown[-1].id) if more else ""

    async def documents(self, product_ids: Sequence[ProductId]) -> tuple[SearchDocument, ...]:
        if not product_ids:
            return ()
        sold = (
            select(
                variants.c.product_id,
                variants.c.sku,
                variants.c.price_minor,
                variants.c.currency,
                available.label("available"),
            )
            .where(variants.c.product_id.in_(product_ids))
            .order_by(variants.c.product_id, variants.c.position)
        )
        described = (
            select(products, brands.c.name.label("brand"))
            .outerjoin(brands, brands.c.id == products.c.brand_id)
            .where(products.c.id.in_(product_ids), products.c.state == "published")
        )
        async with self._reads.connect() as connection:
            tree = (await connection.execute(select(categories))).all()
            rows = (await connection.execute(described)).all()
            offered = (await connection.execute(sold)).all()
        parents = {row.id: row.parent_id for row in tree}
        names = {row.id: row.name for row in tree}
        documents = []
        for row in rows:
            mine = [each for each in offered if each.product_id == row.id]
            above = _line(row.category_id, parents)
            documents.append(
                SearchDocument(
                    product_id=ProductId(row.id),
                    texts=(
                        " ".join(row.title.values()),
                        " ".join((row.brand or {}).values()),
                        " ".join(word for each in above for word in names.get(each, {}).values()),
                        " ".join(row.tags),
                        " ".join(each.sku for each in mine),
                        " ".join(
                            label for each in row.attributes for label in each["label"].values()
                        ),
                        " ".join(
                            name
                            for option in row.options
                            for value in option["values"]
                            for name in value["name"].values()
                        ),
                    ),
                    categories=frozenset(above),
                    attributes=frozenset((each["code"], each["value"]) for each in row.attributes),
                    lowest_price=min(
                        (Money(each.price_minor, each.currency) for each in mine),
                        key=lambda price: price.minor,
                    ),
                    published_at=row.published_at,
                    in_stock=any(each.available > 0 for each in mine),
                )
            )
        return tuple(documents)

    async def product_ids(self, after: ProductId | None, limit: int) -> tuple[ProductId, ...]:
        page = select(products.c.id).order_by(products.c.id).limit(limit)
        if after is not None:
            page = page.where(products.c.id > after)
        async with self._reads.connect() as connection:
            return tuple(ProductId(row.id) for row in await connection.execute(page))


def _named(words: str) -> ColumnElement[bool]:
    pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    by_sku = select(variants.c.product_id).where(variants.c.sku == words)
    return or_(
        products.c.handle.ilike(f"%{pattern}%", escape="\\"),
        products.c.title["zh"].as_string().ilike(f"%{pattern}%", escape="\\"),
        products.c.title["en"].as_string().ilike(f"%{pattern}%", escape="\\"),
        products.c.id.in_(by_sku),
    )


def _counted(product_ids: Sequence[UUID]) -> Select[tuple[UUID, int, int, int]]:
    return (
        select(
            variants.c.product_id,
            func.count(variants.c.id.distinct()).label("variants"),
            func.coalesce(func.sum(stock_levels.c.on_hand), 0).label("on_hand"),
            func.coalesce(func.sum(stock_levels.c.reserved), 0).label("reserved"),
        )
        .outerjoin(stock_levels, stock_levels.c.sku == variants.c.sku)
        .where(variants.c.product_id.in_(product_ids))
        .group_by(variants.c.product_id)
    )


def _line(category: CategoryId, parents: dict[CategoryId, CategoryId | None]) -> list[CategoryId]:
    """The category and all above it."""
    line: list[CategoryId] = []
    current: CategoryId | None = category
    while current is not None and current not in line:
        line.append(current)
        current = parents.get(current)
    return line
