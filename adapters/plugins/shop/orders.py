"""Orders as plugins read them. What leads to a person, other than an opaque id, is left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import CustomerId, LineKey, OrderId
from core.domain.orders.order import Order
from core.domain.orders.states import PAYING
from ports.errors import Rejected
from ports.orders import OrderQueries
from ports.plugin_shop.orders import (
    ShopHold,
    ShopOrder,
    ShopOrderLine,
    ShopOrderPage,
    ShopOrderSummary,
)
from ports.unit_of_work import RepeatableUnits

MOST = 100


@dataclass(frozen=True, slots=True)
class PluginOrders:
    """`ports.plugin_shop.orders.ShopOrders`."""

    units: RepeatableUnits
    order_queries: OrderQueries

    async def get(self, order_id: OrderId) -> ShopOrder:
        async with self.units() as unit:
            return shop_order(await unit.orders.get(order_id))

    async def by_number(self, number: str) -> ShopOrder:
        order = await self.order_queries.find(number)
        if order is None:
            raise NotFound("order", number)
        return shop_order(order)

    async def of_customer(
        self, customer_id: CustomerId, limit: int = 20, cursor: str = ""
    ) -> ShopOrderPage:
        check_limit(limit)
        try:
            found, following = await self.order_queries.list(
                customer_id=customer_id,
                state=None,
                words="",
                language="en",
                limit=limit,
                cursor=cursor,
            )
        except Rejected as error:
            raise Invalid("cursor", "Use the cursor of the page before.") from error
        return ShopOrderPage(
            orders=tuple(
                ShopOrderSummary(
                    number=each.number,
                    state=each.state,
                    placed_at=each.placed_at,
                    total=each.total,
                    units=each.units,
                )
                for each in found
            ),
            cursor=following,
        )

    async def lines(self, order_id: OrderId) -> Mapping[LineKey, ShopOrderLine]:
        return {line.key: line for line in (await self.get(order_id)).lines}


def check_limit(limit: int) -> None:
    if type(limit) is not int or not 1 <= limit <= MOST:
        raise Invalid("limit", "Ask for 1 to {most} at once.", most=MOST)


def shop_order(order: Order) -> ShopOrder:
    unshipped = order.unshipped
    return ShopOrder(
        id=order.id,
        number=order.number,
        state=order.stage,
        customer_id=order.customer_id,
        purchase_id=order.purchase_id,
        lines=tuple(
            ShopOrderLine(
                key=line.key,
                sku=line.sku,
                product_id=line.product_id,
                quantity=line.quantity,
                unit_price=line.unit_price,
                total=line.total,
                source=line.source,
                refunded=order.refunded.get(line.key, 0),
                unshipped=unshipped.get(line.key, 0),
            )
            for line in order.lines
        ),
        shipping_price=order.shipping.paid,
        total=order.total,
        due=order.due,
        holds=tuple(
            ShopHold(code=each.code, blocks=each.blocks, until=each.until, then=each.then)
            for each in order.holds
        ),
        placed_at=order.placed_at,
        pay_before=order.pay_before,
        paid_at=next((each.at for each in order.history if each.move in PAYING), None),
        delivered_at=order.delivered_at,
    )
