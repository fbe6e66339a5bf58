"""Requests of an API client: fill a cart, and review the checkout."""

import httpx

ADDRESS = {
    "name": "李梅",
    "phone": "13800138000",
    "country": "CN",
    "region": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "科苑路 1 号",
}
API = "/api/v1"


async def filled_cart(client: httpx.AsyncClient) -> str:
    token: str = (await client.post(f"{API}/carts")).json()["token"]
    line = {"sku": "CELADON-TEAPOT-S", "quantity": 2}
    await client.post(f"{API}/carts/{token}/lines", json=line)
    await client.put(
        f"{API}/carts/{token}/delivery", json={"contact": "mei@example.com", "address": ADDRESS}
    )
    return token


async def order_form(client: httpx.AsyncClient, token: str) -> dict[str, object]:
    review = (await client.get(f"{API}/carts/{token}/checkout")).json()
    rate = review["rates"][0]
    total = review["cart"]["goods_total"]["minor"] + rate["price"]["minor"]
    return {
        "cart": token,
        "cart_version": review["cart"]["version"],
        "shipping_code": rate["code"],
        "total": {"minor": total, "currency": "CNY"},
    }
