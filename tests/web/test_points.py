"""Points in the cart, in the API and on the account page."""

import httpx
import pytest
from dependency_injector import providers

from core.domain.identifiers import CustomerId
from core.domain.pricing.settings import PricingSettings
from entrepot.assembly.shop import Shop
from tests.accounts import LOGIN, PASSWORD, a_member
from tests.application.test_points import TAKES_POINTS, give
from tests.pricing import use_rules
from tests.web.api_client import API
from tests.web.browsing import CHOICE

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
async def member(shop: Shop) -> CustomerId:
    """A member with 10,000 points, of which a hundred are one yuan."""
    use_rules(shop).settings = TAKES_POINTS
    shop.pricing_settings.override(providers.Object(TAKES_POINTS))
    member = CustomerId((await a_member(shop)).id)
    await give(shop, member, 10_000)
    return member


async def test_a_member_spends_points_in_the_cart_and_sees_the_balance(
    member: CustomerId, client: httpx.AsyncClient
) -> None:
    del member
    await client.post("/zh/login", data={"login": LOGIN, "password": PASSWORD})
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    assert "您有 10000 积分。" in (await client.get("/zh/cart")).text
    changed = await client.post("/zh/cart/points", data={"points": "5050"})
    assert changed.status_code == 303
    cart = (await client.get("/zh/cart")).text
    assert 'data-points="5000"' in cart
    assert "本单使用 5000 积分。" in cart
    assert 'data-source="points"' in cart
    refused = await client.post("/zh/cart/points", data={"points": "-5"})
    assert refused.status_code == 422
    assert "请输入不小于 0 的积分数。" in refused.text
    account = (await client.get("/zh/account")).text
    assert 'data-balance="10000"' in account
    assert "+10000" in account


async def test_the_api_spends_points(member: CustomerId, client: httpx.AsyncClient) -> None:
    del member
    session = await client.post(f"{API}/sessions", json={"login": LOGIN, "password": PASSWORD})
    headers = {"authorization": f"Bearer {session.json()['token']}"}
    line = {"sku": "CELADON-TEAPOT-S", "quantity": 1}
    await client.post(f"{API}/carts/mine/lines", json=line, headers=headers)
    cart = await client.put(f"{API}/carts/mine/points", json={"points": 1_000}, headers=headers)
    assert cart.json()["points"] == {
        "balance": 10_000,
        "wanted": 1_000,
        "spent": 1_000,
        "step": 100,
    }
    assert cart.json()["goods_total"]["minor"] == 16_800 - 1_000
    wrong = await client.put(f"{API}/carts/mine/points", json={"points": -1}, headers=headers)
    assert wrong.status_code in {400, 422}


async def test_a_shop_without_points_shows_no_field(shop: Shop, client: httpx.AsyncClient) -> None:
    assert not PricingSettings().takes_points
    await a_member(shop)
    await client.post("/zh/login", data={"login": LOGIN, "password": PASSWORD})
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    assert "data-points" not in (await client.get("/zh/cart")).text
    assert "data-balance" not in (await client.get("/zh/account")).text
