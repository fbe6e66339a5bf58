"""How often promotions were used: a row for each promotion of an order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, cast, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import insert_into
from adapters.database.tables.pricing import promotion_uses
from core.domain.orders.order import Order
from ports.pricing import PromotionUse

FORGET_USE = delete(promotion_uses).where(promotion_uses.c.order_id == bindparam("of_order"))


async def record_use(connection: AsyncConnection, order: Order) -> None:
    """For a new order. No statement if it took nothing of a promotion."""
    if rows := _rows(order):
        await connection.execute(insert_into(promotion_uses), rows)


async def forget_use(connection: AsyncConnection, order: Order) -> None:
    """For a cancelled order."""
    await connection.execute(FORGET_USE, {"of_order": order.id})


async def read_use(connection: AsyncConnection, codes: Sequence[str]) -> Mapping[str, PromotionUse]:
    """One statement; a promotion without orders is missing."""
    if not codes:
        return {}
    discount, revenue = promotion_uses.c.discount_minor, promotion_uses.c.revenue_minor
    uses = (
        select(
            promotion_uses.c.promotion,
            func.count().label("orders"),
            cast(func.sum(discount), BigInteger).label("discount"),
            cast(func.sum(revenue), BigInteger).label("revenue"),
        )
        .where(promotion_uses.c.promotion.in_(codes))
        .group_by(promotion_uses.c.promotion)
    )
    return {
        row.promotion: PromotionUse(orders=row.orders, discount=row.discount, revenue=row.revenue)
        for row in await connection.execute(uses)
    }


def _rows(order: Order) -> list[dict[str, Any]]:
    discounts: Counter[str] = Counter({grant.promotion: 0 for grant in order.grants})
    for adjustments in (*(line.adjustments for line in order.lines), order.shipping.adjustments):
        for each in adjustments:
            discounts[each.source] -= each.amount.minor
    return [
        {
            "promotion": promotion,
            "order_id": order.id,
            "discount_minor": discount,
            "revenue_minor": order.total.minor,
        }
        for promotion, discount in sorted(discounts.items())
    ]
