"""Revision 0009: orders are purchases of their own, and their payments have one share."""

import pytest

from adapters.database.migration import check, upgrade
from core.application.payments.money import money_view
from core.domain.identifiers import OrderId
from core.domain.payments.balances import Cover
from core.domain.payments.shares import Share
from entrepot.assembly.shop import Shop
from tests.factories import yuan
from tests.invariants import violations
from tests.upgrades.shop_0001 import PRICES, SMALL, OldOrder, OldShop

pytestmark = [pytest.mark.anyio, pytest.mark.own_database]


async def test_an_old_payment_is_of_its_order(shop: Shop) -> None:
    old = OldOrder(
        number="1000000000000001",
        state="paid",
        moves=("place", "pay", "cancel_part"),
        lines={SMALL: 2},
        refunded={SMALL: 1},
        cancelled={SMALL: 1},
    )
    async with shop.database().writes.begin() as connection:
        rows = await OldShop.of(shop, connection)
        await rows.order(old)
        await rows.stock([old])
        await rows.payment(old, [(PRICES[SMALL], {SMALL: 1})])
    assert await upgrade(shop.database())
    await check(shop.database())
    order = await shop.order_queries().find(old.number)
    assert order is not None
    assert (order.purchase_id, order.combined_in, order.instalments) == (old.id, None, ())
    (ledger,) = await shop.order_queries().ledgers(OrderId(old.id))
    assert ledger.payment.shares == (Share(order_id=order.id, amount=order.total),)
    money = money_view(order, [ledger])
    assert (money.balances.refunded, money.outstanding) == (yuan(168), yuan(0))
    assert money.charge_status is Cover.FULL
    (refund,) = await shop.order_queries().refunds(order.id)
    assert (refund.paid_order_id, refund.instalment) == (order.id, "")
    assert await violations(shop.database()) == []
