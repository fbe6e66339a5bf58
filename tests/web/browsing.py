"""Requests of a browser: add a product to the cart, and place an order."""

import re

import httpx

ADDRESS = {
    "contact": "mei@example.com",
    "name": "李梅",
    "phone": "13800138000",
    "country": "CN",
    "region": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "科苑路 1 号",
}
CHOICE = {"option-size": "s", "quantity": "1"}


async def place_order(client: httpx.AsyncClient) -> str:
    """The path of the order's page, with its key."""
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    await client.post("/zh/checkout", data=ADDRESS)
    review = (await client.get("/zh/checkout/review")).text
    fields = dict(re.findall(r'name="(key|cart_version|goods_total)"\s+value="([^"]*)"', review))
    shipping = re.findall(r'name="shipping"\s+value="([^"]+)"', review)[0]
    placed = await client.post(
        "/zh/checkout/review", data={**fields, "shipping": shipping, "gateway": "none"}
    )
    assert placed.status_code == 303
    address: str = placed.headers["location"]
    return address
