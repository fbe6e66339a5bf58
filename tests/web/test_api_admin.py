"""The admin API: sign-in, products and stock."""

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.web.api_client import API

pytestmark = pytest.mark.anyio


async def test_staff_manage_products_and_members_may_not(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    member = await client.post(
        f"{API}/members",
        json={
            "login": "mei@example.com",
            "password": "correct horse",
            "name": "李梅",
            "old_enough": True,
        },
    )
    member_headers = {"authorization": f"Bearer {member.json()['token']}"}
    assert (await client.get(f"{API}/admin/orders", headers=member_headers)).status_code == 401
    session = await client.post(
        f"{API}/staff-sessions", json={"login": "boss@example.com", "password": "correct horse"}
    )
    staff = {"authorization": f"Bearer {session.json()['token']}"}
    body = {
        "title": {"zh": "杯", "en": "Cup"},
        "category": "teapots",
        "variants": [{"sku": "CUP", "price": 3900, "on_hand": 4}],
        "state": "published",
    }
    address = f"{API}/admin/products/cup"
    saved = await client.put(address, json=body, headers=staff)
    assert saved.json() == {"result": "created", "missing": {}}
    saved = await client.put(address, json=body, headers=staff)
    assert saved.json() == {"result": "unchanged", "missing": {}}
    assert (await client.get(f"{API}/products/cup")).json()["variants"][0]["available"] == 4
    counted = await client.put(f"{API}/admin/stock/CUP", json={"on_hand": 9}, headers=staff)
    assert counted.json()["on_hand"] == 9
    assert (await client.get(f"{API}/products/cup")).json()["variants"][0]["available"] == 9
    moved = await client.post(f"{address}/moves", json={"move": "archive"}, headers=staff)
    assert moved.status_code == 204
    assert (await client.get(f"{API}/products/cup")).status_code == 404
    assert (await client.get(f"{API}/admin/products", headers=staff)).json()["rows"]


async def test_a_backorder_limit_and_a_return_exception_are_applied(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    opened = await client.post(f"{API}/staff-sessions", json=login)
    staff = {"authorization": f"Bearer {opened.json()['token']}"}
    body = {
        "title": {"zh": "刻字杯", "en": "Engraved cup"},
        "category": "teapots",
        "variants": [{"sku": "ENGRAVED", "price": 3900, "on_hand": 1}],
        "state": "published",
        "return_exception": "custom_made",
    }
    saved = await client.put(f"{API}/admin/products/engraved", json=body, headers=staff)
    assert saved.status_code == 200, saved.text
    assert (await client.get(f"{API}/products/engraved")).json()[
        "return_exception"
    ] == "custom_made"
    assert "定制商品，不支持七天无理由退货" in (await client.get("/zh/p/engraved")).text

    cart = (await client.post(f"{API}/carts")).json()["token"]
    three = {"sku": "ENGRAVED", "quantity": 3}
    assert (await client.post(f"{API}/carts/{cart}/lines", json=three)).status_code == 409
    stock = {"on_hand": 1, "backorder_limit": 2}
    counted = await client.put(f"{API}/admin/stock/ENGRAVED", json=stock, headers=staff)
    assert counted.json()["backorder_limit"] == 2
    assert (await client.post(f"{API}/carts/{cart}/lines", json=three)).status_code == 201


async def test_a_product_has_a_tax_class_that_a_rate_names(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    opened = await client.post(f"{API}/staff-sessions", json=login)
    staff = {"authorization": f"Bearer {opened.json()['token']}", "accept-language": "zh"}
    body = {
        "title": {"zh": "茶"},
        "category": "teapots",
        "variants": [{"sku": "TEA", "price": 10_000, "on_hand": 4}],
        "state": "published",
        "tax_class": "food",
    }
    address = f"{API}/admin/products/tea"
    refused = await client.put(address, json=body, headers=staff)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"field": "tax_class", "message": "没有任何税率适用于商品税类“food”。"}
    ]
    rate = {"code": "vat", "label": {"zh": "增值税"}, "rate": "0.09", "tax_class": "food"}
    await client.put(f"{API}/admin/tax-rates/food", json=rate, headers=staff)
    assert (await client.put(address, json=body, headers=staff)).json()["result"] == "created"
    token = (await client.post(f"{API}/carts")).json()["token"]
    cart = await client.post(f"{API}/carts/{token}/lines", json={"sku": "TEA", "quantity": 1})
    assert [(tax["label"], tax["rate"]) for tax in cart.json()["sums"]["taxes"]] == [
        ("增值税", "0.09")
    ]
