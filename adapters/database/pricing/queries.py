"""Queries of the back office about promotions, price lists and tax rates."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_

from adapters.database.engine import Database
from adapters.database.pricing.documents import price_list_from, tax_rate_from
from adapters.database.pricing.promotions import read_promotion
from adapters.database.pricing.use import read_use
from adapters.database.tables.catalogue import products, variants
from adapters.database.tables.pricing import (
    price_list_prices,
    price_lists,
    promotions,
    tax_rates,
)
from adapters.serialization.cursors import read_cursor, whole_number, write_cursor
from core.domain.errors import NotFound
from core.domain.money import Money
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.promotions.managed import ManagedPromotion, PromotionState
from core.domain.pricing.taxes.rates import TaxRate
from core.domain.text import Text
from ports.pricing import ListedPrice, PriceListSummary, PromotionSummary, PromotionUse

LIST_PRICE = variants.c.price_minor.label("list_price")


class SqlPricingQueries:
    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def promotions(
        self, *, state: PromotionState | None, limit: int, cursor: str
    ) -> tuple[tuple[PromotionSummary, ...], str]:
        page = select(promotions).order_by(promotions.c.code).limit(limit + 1)
        if state is not None:
            page = page.where(promotions.c.state == str(state))
        if cursor:
            (last,) = read_cursor(cursor, (str,))
            page = page.where(promotions.c.code > last)
        async with self._reads.connect() as connection:
            rows = (await connection.execute(page)).all()
            shown = rows[:limit]
            uses = await read_use(connection, [row.code for row in shown])
        found = tuple(_summary(row, uses.get(row.code, PromotionUse())) for row in shown)
        return found, write_cursor(shown[-1].code) if len(rows) > limit else ""

    async def promotion(self, code: str) -> tuple[ManagedPromotion, PromotionUse]:
        async with self._reads.connect() as connection:
            promotion = await read_promotion(connection, code)
            uses = await read_use(connection, [code])
        if promotion is None:
            raise NotFound("promotion", code)
        return promotion, uses.get(code, PromotionUse())

    async def price_lists(self) -> tuple[PriceListSummary, ...]:
        async with self._reads.connect() as connection:
            rows = await connection.execute(_lists().order_by(price_lists.c.code))
        return tuple(_list_summary(row) for row in rows)

    async def price_list(self, code: str) -> PriceListSummary:
        async with self._reads.connect() as connection:
            row = (await connection.execute(_lists().where(price_lists.c.code == code))).first()
        if row is None:
            raise NotFound("price list", code)
        return _list_summary(row)

    async def prices(
        self, code: str, *, limit: int, cursor: str, search: str = ""
    ) -> tuple[tuple[ListedPrice, ...], str]:
        position = (price_list_prices.c.sku, price_list_prices.c.quantity)
        page = (
            select(price_list_prices, price_lists.c.currency, products.c.title, LIST_PRICE)
            .join(price_lists)
            .outerjoin(variants, variants.c.sku == price_list_prices.c.sku)
            .outerjoin(products, products.c.id == variants.c.product_id)
            .where(price_lists.c.code == code)
            .order_by(*position)
            .limit(limit + 1)
        )
        if search:
            page = page.where(price_list_prices.c.sku.icontains(search, autoescape=True))
        if cursor:
            last = read_cursor(cursor, (str, whole_number))
            page = page.where(tuple_(*position) > tuple_(*last))
        async with self._reads.connect() as connection:
            rows = (await connection.execute(page)).all()
        prices = tuple(_price(code, row) for row in rows[:limit])
        if len(rows) <= limit:
            return prices, ""
        return prices, write_cursor(prices[-1].sku, prices[-1].quantity)

    async def tax_rates(self) -> Mapping[str, TaxRate]:
        async with self._reads.connect() as connection:
            rows = await connection.execute(select(tax_rates).order_by(tax_rates.c.name))
        return {row.name: tax_rate_from(row.document) for row in rows}


def _summary(row: Row[Any], use: PromotionUse) -> PromotionSummary:
    return PromotionSummary(
        code=row.code,
        label=Text(row.document["label"]),
        state=PromotionState(row.state),
        lane=Lane(row.lane),
        priority=row.priority,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        changed_at=row.changed_at,
        version=row.version,
        use=use,
    )


def _lists() -> Select[Any]:
    skus = func.count(price_list_prices.c.sku.distinct()).label("skus")
    return select(price_lists, skus).outerjoin(price_list_prices).group_by(price_lists.c.id)


def _list_summary(row: Row[Any]) -> PriceListSummary:
    return PriceListSummary(
        price_list=price_list_from(row.code, row.document, {}),
        currency=row.currency,
        skus=row.skus,
        version=row.version,
    )


def _price(code: str, row: Row[Any]) -> ListedPrice:
    is_in_catalogue = row.list_price is not None
    return ListedPrice(
        list=code,
        sku=row.sku,
        quantity=row.quantity,
        price=Money(row.minor, row.currency),
        title=Text(row.title) if is_in_catalogue else None,
        list_price=Money(row.list_price, row.currency) if is_in_catalogue else None,
    )
