"""Pages that explain the refund of a return whose rest is priced again."""

import httpx
import pytest
from dependency_injector import providers

from core.domain.pricing.refunds.amounts import PartialReturn
from entrepot.assembly.shop import Shop
from tests.application.test_returns import buy, details, inspected_return, ship_and_deliver
from tests.bank import Bank
from tests.pricing import SPRING, use_rules

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def _reprices(shop: Shop) -> None:
    """Thirty off from 300 yuan; a part that comes back breaks it."""
    shop.partial_return.override(providers.Object(PartialReturn.REPRICE))
    use_rules(shop, SPRING)


@pytest.mark.usefixtures("_reprices")
async def test_the_buyer_and_staff_see_why_the_refund_is_lower(
    shop: Shop, bank: Bank, client: httpx.AsyncClient
) -> None:
    placed = await buy(shop, bank)
    await ship_and_deliver(shop, placed)
    page = f"/en/orders/{placed.number}?key={placed.access_token}"
    assert "What you keep is priced again" in (await client.get(page)).text
    return_ = await inspected_return(shop, placed, details())
    shown = (await client.get(page)).text
    # 306 were paid, and the other teapot costs 168.
    assert 'data-return-price="13800"' in shown
    assert "CN¥15.00 of the discount is taken back." in shown
    await shop.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    await client.post("/zh/admin/login", data=login)
    staff = (await client.get(f"/zh/admin/returns/{placed.number}/{return_.number}")).text
    assert "退款金额为 ¥138.00。" in staff
    assert "保留的商品单独购买需 ¥168.00，因此扣回优惠 ¥15.00。" in staff
    await shop.refund_return()(return_.id, "staff")
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.amount.minor == 13_800
    assert "data-return-price" not in (await client.get(page)).text


async def test_a_shop_that_keeps_discounts_explains_nothing(
    shop: Shop, bank: Bank, client: httpx.AsyncClient
) -> None:
    placed = await buy(shop, bank)
    await ship_and_deliver(shop, placed)
    await inspected_return(shop, placed, details())
    shown = (await client.get(f"/en/orders/{placed.number}?key={placed.access_token}")).text
    assert "data-return=" in shown
    assert "data-return-price" not in shown
    assert "What you keep is priced" not in shown
