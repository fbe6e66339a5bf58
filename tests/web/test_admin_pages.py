"""Back-office pages, and who may see an order."""

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.web.browsing import one_time, place_order

pytestmark = pytest.mark.anyio


async def test_an_order_cannot_be_changed_without_its_key(client: httpx.AsyncClient) -> None:
    address = await place_order(client)
    number, _, key = address.removeprefix("/zh/orders/").partition("?key=")
    client.cookies.clear()
    for action in ("pay", "cancel", "returns", "returns/1/withdraw", "data"):
        for query in ("", "?key=wrong"):
            response = await client.post(f"/zh/orders/{number}/{action}{query}", data=one_time())
            assert response.status_code == 404, action
    refused = await client.post(f"/zh/orders/{number}/returns?key={key}", data=one_time())
    assert refused.status_code == 422
    cancelled = await client.post(f"/zh/orders/{number}/cancel?key={key}", data=one_time())
    assert cancelled.headers["location"] == f"/zh/orders/{number}?key={key}"


async def test_only_the_buyer_and_staff_see_an_order(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    address = await place_order(client)
    assert (await client.get(address)).status_code == 200
    number = address.split("/")[3].split("?")[0]
    assert (await client.get(f"/zh/orders/{number}")).status_code == 404
    assert (await client.get(f"/zh/orders/{number}?key=wrong")).status_code == 404
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    assert (await client.get("/zh/admin/orders")).headers["location"] == "/zh/admin/login"
    await client.post(
        "/zh/admin/login", data={"login": "boss@example.com", "password": "correct horse"}
    )
    assert number in (await client.get("/zh/admin/orders")).text
    assert (await client.get(f"/zh/admin/orders/{number}")).status_code == 200
    assert (
        await client.post(f"/zh/admin/orders/{number}/nope", data=one_time())
    ).status_code == 404
    refused = await client.post(f"/zh/admin/orders/{number}/refund", data=one_time(amount="12.5x"))
    assert refused.status_code == 422
    assert "12.5x" in refused.text
    assert (await client.get(f"/zh/admin/returns/{number}/1")).status_code == 404


async def test_staff_create_publish_count_and_archive_a_product(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    await client.post("/en/admin/login", data=login)
    new = {
        "handle": "new-cup",
        "title-zh": "新杯子",
        "title-en": "New cup",
        "category": "teapots",
        "options": "colour | 颜色/Colour | red=红/Red, blue=蓝/Blue",
        "variants": "CUP-R | 39.90 | red | 120\nCUP-B | 49 | blue | 120 | 59.00 | 690000",
        "description-en": "<p>Fine<script>alert(1)</script></p>",
        "state": "published",
    }
    wrong = await client.post("/en/admin/products/new", data={**new, "variants": "CUP-R | x"})
    assert wrong.status_code == 422
    assert "New cup" in wrong.text
    assert (await client.post("/en/admin/products/new", data=new)).status_code == 303
    again = await client.post("/en/admin/products/new", data=new)
    assert again.status_code == 409
    page = await client.get("/en/p/new-cup")
    assert "¥39.90" in page.text
    assert "alert(1)" not in page.text
    edit = await client.get("/en/admin/products/new-cup")
    assert "CUP-B | 49.00 | blue | 120 | 59.00 | 690000" in edit.text
    counted = await client.post(
        "/en/admin/products/new-cup/stock", data=one_time(sku="CUP-R", on_hand="7")
    )
    assert counted.status_code == 303
    assert "Only 7 left" in (await client.get("/en/p/new-cup")).text
    refused = await client.post(
        "/en/admin/products/new-cup/stock", data=one_time(sku="CUP-R", on_hand="-7")
    )
    assert refused.status_code == 422
    await client.post("/en/admin/products/new-cup/move", data={"move": "archive"})
    assert (await client.get("/en/p/new-cup")).status_code == 404
    illegal = await client.post("/en/admin/products/new-cup/move", data={"move": "publish"})
    assert illegal.status_code == 409
    assert (await client.get("/en/admin")).status_code == 200
    assert "new-cup" in (await client.get("/en/admin/products?state=archived")).text
