"""The shop that plugin authors get in a fixture."""

import pytest

from core.domain.money import Money
from core.domain.orders.states import OrderStage
from entrepot.testing.shop import ShopFixture
from entrepot.testing.shop.fixtures import empty_shop_database, shop_fixture
from entrepot.testing.shop.gateway import PaidGateway

__all__ = ["empty_shop_database", "shop_fixture"]

pytestmark = pytest.mark.anyio


async def test_a_guest_and_a_member_buy_and_their_orders_go_on(shop_fixture: ShopFixture) -> None:
    await shop_fixture.add_product("CUP", Money(1_200, "CNY"), units=5)
    mei = await shop_fixture.member()
    stages = []
    for buyer, until in (
        (None, OrderStage.PLACED),
        (None, OrderStage.PAID),
        (mei, OrderStage.DELIVERED),
    ):
        placed = await shop_fixture.buy(by=buyer, until=until)
        order = await shop_fixture.shop.order_queries().find(placed.number)
        assert order is not None
        stages.append(order.stage)
    assert stages == [OrderStage.PLACED, OrderStage.PAID, OrderStage.DELIVERED]
    assert placed.number in (await mei.client.get("/zh/account")).text


async def test_pages_show_what_the_fixture_made(shop_fixture: ShopFixture) -> None:
    handle = await shop_fixture.add_product("CUP", Money(1_200, "CNY"))
    assert "¥12.00" in (await shop_fixture.client.get(f"/zh/p/{handle}")).text
    placed = await shop_fixture.buy()
    boss = await shop_fixture.staff()
    assert placed.number in (await boss.get("/zh/admin/orders")).text
    assert (await shop_fixture.client.get("/zh/admin/orders")).status_code == 303


async def test_the_shop_has_the_time_of_the_test(shop_fixture: ShopFixture) -> None:
    await shop_fixture.add_product()
    shop_fixture.clock.advance(days=30)
    placed = await shop_fixture.buy(until=OrderStage.PLACED)
    order = await shop_fixture.shop.order_queries().find(placed.number)
    assert order is not None
    assert order.placed_at == shop_fixture.clock()


async def test_payments_and_refunds_of_the_fixture_reach_the_gateway(
    shop_fixture: ShopFixture,
) -> None:
    await shop_fixture.add_product()
    placed = await shop_fixture.buy()
    gateway = shop_fixture.shop.gateways().by_code[PaidGateway.code]
    assert isinstance(gateway, PaidGateway)
    (paid,) = gateway.payments.values()
    boss = await shop_fixture.staff()
    form = {"amount": "1.00", "once": "a-one-time-key-of-this-test"}
    answer = await boss.post(f"/zh/admin/orders/{placed.number}/refund", data=form)
    assert answer.status_code == 303, answer.text
    await shop_fixture.shop.send_refunds()()
    assert paid.minor > 100
    assert list(gateway.refunds.values()) == [Money(100, "CNY")]
