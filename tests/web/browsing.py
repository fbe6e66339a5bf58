"""Requests of a browser: add a product to the cart, and place an order."""

import re
import secrets
from html import unescape

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
    placed = await client.post("/zh/checkout/review", data=await review_form(client))
    assert placed.status_code == 303
    address: str = placed.headers["location"]
    return address


async def review_form(client: httpx.AsyncClient) -> dict[str, str]:
    """The fields of the review page, with the first way of shipping."""
    review = (await client.get("/zh/checkout/review")).text
    fields = dict(re.findall(r'name="(once|cart_version)"\s+value="([^"]*)"', review))
    shipping = re.findall(r'name="shipping"\s+value="([^"]+)"', review)[0]
    return {**fields, "shipping": unescape(shipping), "gateway": "none"}


def one_time(**fields: str) -> dict[str, str]:
    """The fields of a form with a new one-time key, as a page shows it."""
    return {"once": secrets.token_urlsafe(24), **fields}


def without_keys(page: str) -> str:
    """The page without its one-time keys, which differ each time."""
    return re.sub(r'(name="once" value=")[^"]*', r"\1", page)
