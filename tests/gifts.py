"""An order with one SKU on two lines: three units at a discount, and two units as a gift."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from core.application.orders.checkout import PlacedOrder
from core.domain.identifiers import LineKey, OrderId, ProductId
from core.domain.money import Money
from core.domain.orders.lines import OrderLine, Shipping
from core.domain.orders.order import Order
from core.domain.pricing.adjustments import Adjustment, Lane
from core.domain.pricing.paid_units import PaidUnits
from entrepot.assembly.shop import Shop
from tests.bank import SMALL, Bank, pay
from tests.factories import ADDRESS, text, yuan

BOUGHT, GIFT = LineKey("1"), LineKey("2")
DISCOUNT = Money(-10_000, "CNY")
AMOUNTS = (13_467, 13_467, 13_466)
"""Minor units that the three units of 168 yuan were paid with."""


def an_adjustment(amount: Money, lane: Lane = Lane.ORDER) -> Adjustment:
    return Adjustment(source="SPRING", lane=lane, label=text("Spring offer"), amount=amount)


def order_with_gift(number: str = "1000000000000001") -> Order:
    now = datetime.now(UTC)
    order = Order(
        id=OrderId(uuid4()),
        number=number,
        checkout_key=f"gift-{number}",
        contact="mei@example.com",
        address=ADDRESS,
        lines=(
            a_line(BOUGHT, AMOUNTS, an_adjustment(DISCOUNT)),
            a_line(GIFT, (0, 0), an_adjustment(yuan(-336), Lane.ITEM), source="SPRING"),
        ),
        shipping=Shipping(
            code="flat",
            name=text("Flat"),
            price=yuan(8),
            adjustments=(an_adjustment(yuan(-3), Lane.SHIPPING),),
        ),
        language="zh",
        placed_at=now,
        pay_before=now + timedelta(hours=1),
    )
    order.placed()
    return order


def a_line(
    key: LineKey, amounts: tuple[int, ...], adjustment: Adjustment, source: str = ""
) -> OrderLine:
    return OrderLine(
        key=key,
        sku=SMALL,
        product_id=ProductId(UUID(int=1)),
        title=text("Celadon teapot"),
        options=text("small"),
        quantity=len(amounts),
        unit_price=yuan(168),
        paid_units=PaidUnits.of(amounts),
        source=source,
        adjustments=(adjustment,),
    )


async def place_with_gift(shop: Shop, number: str = "1000000000000001") -> PlacedOrder:
    order = order_with_gift(number)
    async with shop.units()() as unit:
        await unit.stock.reserve(order.id, order.by_sku(order.quantities), order.pay_before)
        await unit.orders.save(order)
        await unit.commit()
    return PlacedOrder(id=order.id, number=order.number, access_token="")


async def paid_order_with_gift(
    shop: Shop, bank: Bank, number: str = "1000000000000001"
) -> PlacedOrder:
    placed = await place_with_gift(shop, number)
    await pay(shop, bank, placed.id, f"gift-{number}")
    return placed
