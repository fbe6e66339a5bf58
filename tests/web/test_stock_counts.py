"""A count below what open orders need is stored, and nothing is for sale any more."""

import re
from pathlib import Path

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.bank import SMALL, available, place
from tests.feeds import find, load
from tests.web.browsing import one_time

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

LOGIN = {"login": "boss@example.com", "password": "correct horse"}
API = "/api/v1"


@pytest.fixture(autouse=True)
async def sold(stocked: Shop) -> None:
    """Four of ten units are reserved."""
    await place(stocked, quantity=4)
    assert await available(stocked) == 6
    await stocked.add_staff()(LOGIN["login"], LOGIN["password"], "Boss")


async def test_the_api_says_what_is_missing(client: httpx.AsyncClient, stocked: Shop) -> None:
    session = await client.post(f"{API}/staff-sessions", json=LOGIN)
    staff = {"authorization": f"Bearer {session.json()['token']}"}
    body = {"on_hand": 1, "backorder_limit": 0}
    counted = await client.put(f"{API}/admin/stock/{SMALL}", json=body, headers=staff)
    assert (counted.status_code, counted.json()["missing"]) == (200, 3)
    assert await available(stocked) == 0
    cart = (await client.post(f"{API}/carts")).json()["token"]
    line = {"sku": SMALL, "quantity": 1}
    assert (await client.post(f"{API}/carts/{cart}/lines", json=line)).status_code == 409
    product = {
        "title": {"en": "Pot"},
        "category": "teapots",
        "variants": [{"sku": SMALL, "price": 17000, "on_hand": 2}],
    }
    saved = await client.put(f"{API}/admin/products/celadon-teapot", json=product, headers=staff)
    assert saved.json() == {"result": "updated", "missing": {SMALL: 2}}
    assert await available(stocked) == 0


async def test_the_page_of_the_product_shows_what_is_missing(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await client.post("/en/admin/login", data=LOGIN)
    address = "/en/admin/products/celadon-teapot"
    form = {"sku": SMALL, "location": "main", "on_hand": "1", "backorder_limit": "0"}
    form = one_time(**form)
    counted = await client.post(f"{address}/stock", data=form)
    assert counted.status_code == 303
    assert "3 missing for open orders" in (await client.get(address)).text
    assert await available(stocked) == 0


async def test_the_page_of_the_product_shows_the_suppliers_sku_and_the_sale(
    client: httpx.AsyncClient, stocked: Shop, tmp_path: Path
) -> None:
    feed = (
        "id\ttitle\tprice\tsale_price\tsale_price_effective_date\tavailability\n"
        "AB 12\tMug\t20.00 CNY\t5.00 CNY\t2020-11-11T00:00Z/2099-11-12T00:00Z\tin_stock\n"
    )
    report = await load(stocked, feed, tmp_path, "feed.tsv")
    assert report.created == 1
    await client.post("/en/admin/login", data=LOGIN)
    product = (await client.get("/en/admin/products", params={"q": "AB 12"})).text
    (handle,) = set(re.findall(r"/en/admin/products/(ab-12-\w+)", product))
    page = (await client.get(f"/en/admin/products/{handle}")).text
    assert "Supplier: AB 12" in page
    assert "5.00" in page
    assert "2099" in page


async def test_every_sku_can_be_in_an_address(
    client: httpx.AsyncClient, stocked: Shop, tmp_path: Path
) -> None:
    await load(stocked, "Handle,Title,Variant SKU,Variant Price\ncup,Cup,A/B,9.00\n", tmp_path)
    (variant,) = (await find(stocked, "cup")).variants
    assert variant.supplier_sku == "A/B"
    session = await client.post(f"{API}/staff-sessions", json=LOGIN)
    staff = {"authorization": f"Bearer {session.json()['token']}"}
    address = f"{API}/admin/stock/{variant.sku}"
    assert (await client.put(address, json={"on_hand": 2}, headers=staff)).status_code == 200
