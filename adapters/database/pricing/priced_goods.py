"""Reads the variants whose prices in lists are compiled, and the deals that were made."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.products import sale_of
from adapters.database.catalogue.properties import (
    category_paths,
    promoted_columns,
    promoted_properties,
)
from adapters.database.columns import Utc
from adapters.database.pricing.order_prices import adjustments_from
from adapters.database.tables.catalogue import brands, products, variants
from adapters.database.tables.orders import order_lines, orders
from core.domain.catalogue.product import ReturnException
from core.domain.identifiers import ProductId
from core.domain.orders.states import OrderState
from core.domain.pricing.applied.price_history import PricedVariant
from core.domain.pricing.applied.prior_price import CHINESE_WINDOW, Deal, deal_price
from core.domain.pricing.request import RequestLine

VARIANTS: Select[Any] = (
    select(
        variants.c.product_id,
        variants.c.sku,
        variants.c.price_minor,
        variants.c.sale_minor,
        variants.c.sale_starts_at,
        variants.c.sale_ends_at,
        variants.c.currency,
        products.c.handle,
        products.c.return_exception,
        *promoted_columns,
    )
    .join(products, products.c.id == variants.c.product_id)
    .join(category_paths, category_paths.c.id == products.c.category_id)
    .outerjoin(brands, brands.c.id == products.c.brand_id)
    .where(
        products.c.state == "published",
        variants.c.product_id.in_(bindparam("product_ids", expanding=True)),
    )
    .order_by(variants.c.product_id, variants.c.position)
)

_sold = (
    orders.c.state.in_([OrderState.PAID, OrderState.COMPLETED]),
    orders.c.replaces.is_(None),
    orders.c.placed_at < bindparam("before", type_=Utc),
    order_lines.c.sku.in_(bindparam("skus", expanding=True)),
    order_lines.c.source == "",
    order_lines.c.cancelled < order_lines.c.quantity,
)
"""Not what promotions add for less, and not what was exchanged or sent back before it left."""

DEALS: Select[Any] = (
    select(
        order_lines.c.sku,
        order_lines.c.quantity,
        order_lines.c.unit_price_minor,
        order_lines.c.adjustments,
        orders.c.currency,
        orders.c.placed_at,
    )
    .join(orders, orders.c.id == order_lines.c.order_id)
    .where(*_sold)
)

RECENT = DEALS.where(orders.c.placed_at >= bindparam("since", type_=Utc))

_last = (
    select(order_lines.c.sku, func.max(orders.c.placed_at).label("placed_at"))
    .join(orders, orders.c.id == order_lines.c.order_id)
    .where(*_sold)
    .group_by(order_lines.c.sku)
    .subquery()
)

LAST = DEALS.join(
    _last, (_last.c.sku == order_lines.c.sku) & (_last.c.placed_at == orders.c.placed_at)
)


class SqlPricedGoods:
    """`ports.applied_prices.PricedGoods` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def variants(self, product_ids: Sequence[ProductId]) -> Sequence[PricedVariant]:
        rows = await self._connection.execute(VARIANTS, {"product_ids": product_ids})
        return [_variant(row) for row in rows]

    async def deals(self, skus: Sequence[str], before: datetime) -> Mapping[str, Sequence[Deal]]:
        deals: dict[str, list[Deal]] = defaultdict(list)
        recent = {"skus": skus, "before": before, "since": before - CHINESE_WINDOW}
        for row in await self._connection.execute(RECENT, recent):
            deals[row.sku].append(_deal(row))
        without = [sku for sku in skus if sku not in deals]
        if without:
            for row in await self._connection.execute(LAST, {"skus": without, "before": before}):
                deals[row.sku].append(_deal(row))
        return deals


def _variant(row: Row[Any]) -> PricedVariant:
    return PricedVariant(
        product_id=ProductId(row.product_id),
        line=RequestLine(
            key=row.sku,
            sku=row.sku,
            quantity=1,
            list_price=row.price_minor,
            product=row.handle,
            **promoted_properties(row),
        ),
        sale=sale_of(row),
        is_perishable=row.return_exception == ReturnException.PERISHABLE,
    )


def _deal(row: Row[Any]) -> Deal:
    adjustments = adjustments_from(row.adjustments, row.currency)
    return Deal(deal_price(row.unit_price_minor, row.quantity, adjustments), row.placed_at)
