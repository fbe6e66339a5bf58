"""Promotions and coupons over the API and on the pages."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.domain.pricing.shop import a_promotion, goods_off, percent
from tests.factories import a_draft, stock_up, yuan
from tests.pricing import FREE_SHIPPING, MUG, SPRING, TEN, ShopRules, use_rules
from tests.web.api_client import API, filled_cart, order_form
from tests.web.browsing import ADDRESS, CHOICE, place_order, review_form

pytestmark = pytest.mark.anyio


@pytest.fixture
def rules(shop: Shop) -> ShopRules:
    return use_rules(shop, SPRING, TEN, FREE_SHIPPING, TEN="ten", SHIP="free-shipping")


@pytest.fixture
async def token(rules: ShopRules, client: httpx.AsyncClient, stocked: Shop) -> str:
    """A cart of two teapots for 336 yuan."""
    del rules
    await stock_up(stocked, a_draft(), a_draft("mug"))
    return await filled_cart(client)


async def test_the_api_prices_a_cart_and_its_order(client: httpx.AsyncClient, token: str) -> None:
    for code in ("ten", "ship"):
        answer = await client.put(f"{API}/carts/{token}/coupons/{code}")
        assert answer.status_code == 200
    cart = answer.json()
    assert [each["sku"] for each in cart["gifts"]] == [MUG]
    assert [(each["code"], each["state"]) for each in cart["coupons"]] == [
        ("ten", "applied"),
        ("ship", "conditions_missing"),
    ]
    form = await order_form(client, token)
    placed = (await client.post(f"{API}/orders", json=form)).json()
    shown = await client.get(
        f"{API}/orders/{placed['number']}", headers={"order-token": placed["access_token"]}
    )
    order = shown.json()
    assert order["total"] == form["total"] == {"minor": 27540, "currency": "CNY"}
    amounts = {each["source"]: each["amount"]["minor"] for each in order["sums"]["adjustments"]}
    assert (amounts["spring"], amounts["ten"]) == (-3000 - 16800, -3060)


async def test_the_api_refuses_and_removes_a_code(client: httpx.AsyncClient, token: str) -> None:
    refused = await client.put(f"{API}/carts/{token}/coupons/nothing")
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["coupon"]
    await client.put(f"{API}/carts/{token}/coupons/ten")
    removed = await client.delete(f"{API}/carts/{token}/coupons/TEN")
    assert removed.json()["coupons"] == []


async def test_the_api_names_the_offer_that_ended(
    client: httpx.AsyncClient, token: str, rules: ShopRules
) -> None:
    review = (await client.get(f"{API}/carts/{token}/checkout")).json()
    form = {**await order_form(client, token), "discounts": review["rates"][0]["discounts"]}
    rules.promotions = (replace(SPRING, ends_at=datetime.now(UTC) - timedelta(seconds=1)),)
    changed = await client.post(f"{API}/orders", json=form, headers={"accept-language": "en"})
    assert changed.status_code == 409
    problem = changed.json()
    assert problem["code"] == "price_changed"
    (named,) = problem["errors"]
    assert named["field"] == "promotions.spring"
    assert named["message"] == "“spring” no longer applies. This offer has ended."


async def test_the_api_adds_an_item_of_an_offer(
    client: httpx.AsyncClient, token: str, rules: ShopRules
) -> None:
    add_on = {"kind": "add_on", "skus": [MUG], "price": {"CNY": "9.90"}}
    rules.promotions = (a_promotion("order", add_on, code="mugs"),)
    cart = (await client.get(f"{API}/carts/{token}")).json()
    assert [each["sku"] for each in cart["additions"]] == [MUG]
    line = {"sku": MUG, "source": "mugs"}
    added = (await client.post(f"{API}/carts/{token}/lines", json=line)).json()
    assert added["goods_total"]["minor"] == yuan(336).minor + 990


async def test_the_pages_show_what_changed_the_price(client: httpx.AsyncClient, token: str) -> None:
    del token
    await client.post("/en/p/celadon-teapot", data={"option-size": "s", "quantity": "2"})
    wrong = await client.post("/en/cart/coupons", data={"coupon": "nothing"})
    assert wrong.status_code == 422
    assert "There is no such code." in wrong.text
    await client.post("/en/cart/coupons", data={"coupon": "ten"})
    cart = (await client.get("/en/cart")).text
    assert 'data-coupon="applied"' in cart
    assert f'data-gift="{MUG}"' in cart
    assert re.findall(r'<dt data-source="(\w+)">', cart) == ["spring", "ten"]
    await client.post("/en/cart/coupons", data={"remove": "ten"})
    assert "data-coupon" not in (await client.get("/en/cart")).text
    address = await place_order(client)
    page = (await client.get(address)).text
    assert "¥474.00" in page


async def test_the_review_page_names_the_offer_that_ended(
    client: httpx.AsyncClient, token: str, rules: ShopRules
) -> None:
    del token
    await client.post("/zh/p/celadon-teapot", data={"option-size": "s", "quantity": "2"})
    await client.get("/zh/cart")
    await client.post("/zh/checkout", data=ADDRESS)
    form = await review_form(client)
    rules.promotions = (replace(SPRING, ends_at=datetime.now(UTC) - timedelta(seconds=1)),)
    changed = await client.post("/zh/checkout/review", data=form)
    assert changed.status_code == 409
    assert "“spring”已不适用。此优惠已结束。" in changed.text


async def test_an_offer_of_one_channel_applies_there_alone(
    client: httpx.AsyncClient, token: str, rules: ShopRules
) -> None:
    of_api, of_web = (
        a_promotion(
            "order",
            goods_off(percent("10")),
            code=f"of-{channel}",
            condition={"kind": "channel", "channels": [channel]},
        )
        for channel in ("api", "web")
    )
    rules.promotions = (of_api, of_web)
    form = await order_form(client, token)
    placed = (await client.post(f"{API}/orders", json=form)).json()
    shown = await client.get(
        f"{API}/orders/{placed['number']}", headers={"order-token": placed["access_token"]}
    )
    assert [each["source"] for each in shown.json()["sums"]["adjustments"]] == ["of-api"]
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    page = (await client.get("/en/cart")).text
    assert 'data-source="of-web"' in page
    assert 'data-source="of-api"' not in page
