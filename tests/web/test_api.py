"""The JSON API: checkout, accounts, errors and its documentation."""

import json
import re
from base64 import urlsafe_b64encode
from itertools import product

import httpx
import pytest

from tests.web.api_client import ADDRESS, API, filled_cart, order_form

pytestmark = pytest.mark.anyio


async def test_a_client_places_an_order_and_starts_a_payment(client: httpx.AsyncClient) -> None:
    token = await filled_cart(client)
    form = await order_form(client, token)
    placed = await client.post(f"{API}/orders", json=form)
    assert placed.status_code == 201
    order = placed.json()
    shown = await client.get(
        f"{API}/orders/{order['number']}", headers={"order-token": order["access_token"]}
    )
    assert shown.json()["state"] == "placed"
    step = await client.post(
        f"{API}/orders/{order['number']}/payments",
        json={"gateway": "sandbox"},
        headers={"order-token": order["access_token"]},
    )
    assert step.json()["kind"] == "redirect"
    assert (await client.get(f"{API}/orders/{order['number']}")).status_code == 404


FORGED = [
    ["2024-01-01T00:00:00", 1],
    ["2024-01-01T00:00:00", "9" * 23],
    ["9" * 25],
    ["0001-01-01T00:00:00+14:00", "019a0000-0000-7000-8000-000000000000"],
    {"a": 1},
    [None, None],
]


async def test_a_forged_cursor_is_refused(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for forged, query in product(FORGED, ("", "&q=teapot", "&sort=price")):
        with subtests.test(forged=forged, query=query):
            cursor = urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
            response = await client.get(f"{API}/products?cursor={cursor}{query}")
            assert response.status_code == 422


async def test_a_nul_character_is_never_a_server_error(client: httpx.AsyncClient) -> None:
    assert (await client.get("/en/p/%00")).status_code == 404
    assert (await client.get("/en/search?filter=%00:%00")).status_code == 404
    assert (await client.get("/en/orders/%00?key=%00")).status_code == 404
    cart = (await client.post(f"{API}/carts")).json()["token"]
    line = await client.post(f"{API}/carts/{cart}/lines", json={"sku": "A\0B"})
    assert line.status_code in {400, 404}
    login = await client.post("/en/login", data={"login": "a\0@example.com", "password": "\0"})
    assert login.status_code == 422
    assert (await client.get("/en/login?next=//%5B")).status_code == 200


ERRORS: tuple[tuple[str, str, object, int, str | None], ...] = (
    ("GET", "/products/none", None, 404, "not_found"),
    ("GET", "/products?category=none", None, 404, "not_found"),
    ("GET", "/products?cursor=nonsense", None, 422, "rejected"),
    ("GET", "/products?filter=x", None, 422, "invalid"),
    ("GET", "/products?limit=0", None, 400, "malformed"),
    ("GET", "/products?sort=magic", None, 400, "malformed"),
    ("GET", "/nothing", None, 404, "page_not_found"),
    ("POST", "/carts/CART/lines", {"sku": "NONE"}, 404, "not_found"),
    ("POST", "/carts/CART/lines", {"sku": "CELADON-TEAPOT-S", "quantity": 0}, 422, None),
    (
        "POST",
        "/carts/CART/lines",
        {"sku": "CELADON-TEAPOT-S", "quantity": 11},
        409,
        "out_of_stock",
    ),
    ("POST", "/carts/CART/lines", {"sku": "X", "colour": "red"}, 400, "malformed"),
    ("POST", "/carts/CART/lines", [], 400, "malformed"),
    ("POST", "/sessions", {"login": "a@example.com", "password": "x"}, 401, "bad_credentials"),
    ("GET", "/members/me", None, 401, "sign_in_required"),
    ("GET", "/admin/orders", None, 401, "sign_in_required"),
    ("POST", "/orders/1/cancel", None, 404, "not_found"),
    ("GET", "/carts/made-up", None, 422, "invalid"),
)


async def test_errors_have_stable_codes(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    cart = (await client.post(f"{API}/carts")).json()["token"]
    for method, path, body, status, code in ERRORS:
        with subtests.test(method=method, path=path, body=body):
            address = API + path.replace("CART", cart)
            response = await client.request(method, address, json=body)
            assert response.status_code == status
            assert response.headers["content-type"] == "application/problem+json"
            problem = response.json()
            assert problem["status"] == status
            assert code is None or problem["code"] == code
            assert problem["detail"]
            assert "Traceback" not in response.text


async def test_a_malformed_body_is_refused(client: httpx.AsyncClient) -> None:
    cart = (await client.post(f"{API}/carts")).json()["token"]
    for body in (b"{", b"\xff\xfe", b"null", b'"x"', b""):
        response = await client.post(f"{API}/carts/{cart}/lines", content=body)
        assert response.status_code == 400
        assert response.json()["code"] == "malformed"


async def test_messages_are_in_the_requested_language(client: httpx.AsyncClient) -> None:
    path = f"{API}/products/none"
    english = await client.get(path, headers={"accept-language": "en"})
    chinese = await client.get(path, headers={"accept-language": "zh-CN"})
    assert "There is no product" in english.json()["detail"]
    assert "没有找到商品" in chinese.json()["detail"]


async def test_a_member_has_addresses_orders_and_a_cart(client: httpx.AsyncClient) -> None:
    guest = await filled_cart(client)
    registered = await client.post(
        f"{API}/members",
        json={
            "login": "13800138000",
            "password": "correct horse",
            "name": "李梅",
            "old_enough": True,
        },
    )
    assert registered.status_code == 201
    login = {"login": "+86 138 0013 8000", "password": "correct horse", "cart": guest}
    session = (await client.post(f"{API}/sessions", json=login)).json()
    mine = {"authorization": f"Bearer {session['token']}"}
    added = await client.post(f"{API}/members/me/addresses", json=ADDRESS, headers=mine)
    (entry,) = added.json()["addresses"]
    cart = (await client.get(f"{API}/carts/mine", headers=mine)).json()
    assert cart["units"] == 2
    assert (await client.get(f"{API}/orders", headers=mine)).json() == {"rows": [], "cursor": ""}
    dropped = await client.delete(f"{API}/members/me/addresses/{entry['id']}", headers=mine)
    assert dropped.json()["addresses"] == []
    assert (await client.delete(f"{API}/sessions/current", headers=mine)).status_code == 204
    assert (await client.get(f"{API}/members/me", headers=mine)).status_code == 401


async def test_the_documentation_lists_the_errors_of_every_path(
    client: httpx.AsyncClient,
) -> None:
    schema = (await client.get("/schema/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    assert len(schema["paths"]) > 25
    for path, methods in schema["paths"].items():
        assert path.startswith("/api/v1")
        for operation in methods.values():
            assert operation["summary"]
            assert {"400", "404", "409", "422"} <= set(operation["responses"])


async def test_every_operation_has_a_tag_and_a_unique_id(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/schema/openapi.json")).json()
    operations = [each for methods in schema["paths"].values() for each in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids)) > 35
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", each) for each in ids)
    assert {tag for operation in operations for tag in operation["tags"]} == {
        "Catalogue",
        "Coupons",
        "Cart",
        "Checkout",
        "Orders",
        "Returns",
        "Customer account",
        "Privacy",
        "Back office",
    }


async def test_a_guest_without_the_order_token_gets_no_part_of_an_order(
    client: httpx.AsyncClient,
) -> None:
    placed = await client.post(
        f"{API}/orders", json=await order_form(client, await filled_cart(client))
    )
    order, with_token = placed.json(), {"order-token": placed.json()["access_token"]}
    at = f"{API}/orders/{order['number']}"
    body = {"lines": [{"line": "1", "quantity": 1}], "reason": "no_reason", "remedy": "refund"}
    calls: list[tuple[str, str, object]] = [
        ("GET", at, None),
        ("GET", f"{at}/refunds", None),
        ("GET", f"{at}/returns", None),
        ("POST", f"{at}/payments", {"gateway": "sandbox"}),
        ("POST", f"{at}/returns", body),
        ("POST", f"{at}/cancel", None),
    ]
    for method, path, json_body in calls:
        response = await client.request(method, path, json=json_body)
        assert response.status_code == 404, path
    for method, path, json_body in calls:
        response = await client.request(method, path, json=json_body, headers=with_token)
        assert response.status_code != 404, path
