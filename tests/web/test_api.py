"""The API, and what a program can do that knows its documentation alone."""

import json
import re
from base64 import urlsafe_b64encode
from itertools import product

import httpx
import pytest
from sqlalchemy import event

from entrepot.assembly.shop import Shop
from tests.factories import a_draft, stock_up

pytestmark = pytest.mark.anyio

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
IN_THE_BACKGROUND = ("counters", "outbox", "pay_before")


async def fill(client: httpx.AsyncClient) -> str:
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


async def test_a_program_buys(client: httpx.AsyncClient) -> None:
    token = await fill(client)
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


async def test_an_idempotency_key_repeats_the_answer(client: httpx.AsyncClient) -> None:
    token = await fill(client)
    form = await order_form(client, token)
    headers = {"idempotency-key": "k1"}
    first = await client.post(f"{API}/orders", json=form, headers=headers)
    again = await client.post(f"{API}/orders", json=form, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replay"] == "true"
    other = await client.post(f"{API}/orders", json={**form, "cart": "x"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_kept_answer_is_for_who_got_it(client: httpx.AsyncClient) -> None:
    body = {
        "login": "mei@example.com",
        "password": "correct horse",
        "name": "李梅",
        "old_enough": True,
    }
    token = (await client.post(f"{API}/members", json=body)).json()["token"]
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "k"}
    address = f"{API}/members/me/addresses"
    assert (await client.post(address, json=ADDRESS, headers=headers)).status_code == 201
    again = await client.post(address, json=ADDRESS, headers=headers)
    assert again.headers["idempotent-replay"] == "true"
    await client.delete(f"{API}/sessions/current", headers=headers)
    assert (await client.post(address, json=ADDRESS, headers=headers)).status_code == 401


async def test_a_session_is_never_kept_under_a_key(client: httpx.AsyncClient) -> None:
    body = {
        "login": "mei@example.com",
        "password": "correct horse",
        "name": "李梅",
        "old_enough": True,
    }
    await client.post(f"{API}/members", json=body)
    login = {"login": "mei@example.com", "password": "correct horse"}
    headers = {"idempotency-key": "k"}
    tokens = {
        (await client.post(f"{API}/sessions", json=login, headers=headers)).json()["token"]
        for _ in range(2)
    }
    assert len(tokens) == 2


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
            answer = await client.get(f"{API}/products?cursor={cursor}{query}")
            assert answer.status_code == 422


async def test_a_nul_is_refused_everywhere(client: httpx.AsyncClient) -> None:
    assert (await client.get("/en/p/%00")).status_code == 404
    assert (await client.get("/en/search?filter=%00:%00")).status_code == 404
    assert (await client.get("/en/orders/%00?key=%00")).status_code == 404
    line = await client.post(f"{API}/carts/t/lines", json={"sku": "A\0B"})
    assert line.status_code in {400, 404}
    login = await client.post("/en/login", data={"login": "a\0@example.com", "password": "\0"})
    assert login.status_code == 401
    assert (await client.get("/en/login?next=//%5B")).status_code == 200


async def test_a_refusal_frees_the_key(client: httpx.AsyncClient) -> None:
    token = await fill(client)
    form = await order_form(client, token)
    wrong = {**form, "total": {"minor": 1, "currency": "CNY"}}
    headers = {"idempotency-key": "k2"}
    refused = await client.post(f"{API}/orders", json=wrong, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    placed = await client.post(f"{API}/orders", json=form, headers=headers)
    assert placed.status_code == 201


REFUSALS: tuple[tuple[str, str, object, int, str | None], ...] = (
    ("GET", "/products/none", None, 404, "not_found"),
    ("GET", "/products?category=none", None, 404, "not_found"),
    ("GET", "/products?cursor=nonsense", None, 422, "rejected"),
    ("GET", "/products?filter=x", None, 422, "invalid"),
    ("GET", "/products?limit=0", None, 400, "malformed"),
    ("GET", "/products?sort=magic", None, 400, "malformed"),
    ("GET", "/nothing", None, 404, "page_not_found"),
    ("POST", "/carts/t/lines", {"sku": "NONE"}, 404, "not_found"),
    ("POST", "/carts/t/lines", {"sku": "CELADON-TEAPOT-S", "quantity": 0}, 422, None),
    (
        "POST",
        "/carts/t/lines",
        {"sku": "CELADON-TEAPOT-S", "quantity": 11},
        409,
        "out_of_stock",
    ),
    ("POST", "/carts/t/lines", {"sku": "X", "colour": "red"}, 400, "malformed"),
    ("POST", "/carts/t/lines", [], 400, "malformed"),
    ("POST", "/sessions", {"login": "a@example.com", "password": "x"}, 401, "bad_credentials"),
    ("GET", "/members/me", None, 401, "sign_in_required"),
    ("GET", "/admin/orders", None, 401, "sign_in_required"),
    ("POST", "/orders/1/cancel", None, 404, "not_found"),
)


async def test_refusals_have_stable_codes(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for method, path, body, status, code in REFUSALS:
        with subtests.test(method=method, path=path, body=body):
            answer = await client.request(method, API + path, json=body)
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["status"] == status
            assert code is None or problem["code"] == code
            assert problem["detail"]
            assert "Traceback" not in answer.text


async def test_a_malformed_body_is_refused(client: httpx.AsyncClient) -> None:
    for body in (b"{", b"\xff\xfe", b"null", b'"x"', b""):
        answer = await client.post(f"{API}/carts/t/lines", content=body)
        assert answer.status_code == 400
        assert answer.json()["code"] == "malformed"


async def test_messages_are_in_the_language_asked_for(client: httpx.AsyncClient) -> None:
    path = f"{API}/products/none"
    english = await client.get(path, headers={"accept-language": "en"})
    chinese = await client.get(path, headers={"accept-language": "zh-CN"})
    assert "There is no product" in english.json()["detail"]
    assert "没有找到商品" in chinese.json()["detail"]


async def test_staff_run_the_shop_and_members_may_not(
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
    theirs = {"authorization": f"Bearer {member.json()['token']}"}
    assert (await client.get(f"{API}/admin/orders", headers=theirs)).status_code == 401
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
    assert saved.json() == {"result": "created"}
    saved = await client.put(address, json=body, headers=staff)
    assert saved.json() == {"result": "unchanged"}
    assert (await client.get(f"{API}/products/cup")).json()["variants"][0]["available"] == 4
    counted = await client.put(f"{API}/admin/stock/CUP", json={"on_hand": 9}, headers=staff)
    assert counted.status_code == 204
    assert (await client.get(f"{API}/products/cup")).json()["variants"][0]["available"] == 9
    moved = await client.post(f"{address}/moves", json={"move": "archive"}, headers=staff)
    assert moved.status_code == 204
    assert (await client.get(f"{API}/products/cup")).status_code == 404
    assert (await client.get(f"{API}/admin/products", headers=staff)).json()["rows"]


async def test_a_member_has_addresses_orders_and_a_cart(client: httpx.AsyncClient) -> None:
    guest = await fill(client)
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


async def test_the_documentation_has_every_address_with_its_refusals(
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


async def test_every_operation_has_a_tag_and_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/schema/openapi.json")).json()
    operations = [each for methods in schema["paths"].values() for each in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids)) > 35
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", each) for each in ids)
    assert {tag for operation in operations for tag in operation["tags"]} == {
        "Catalogue",
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
    placed = await client.post(f"{API}/orders", json=await order_form(client, await fill(client)))
    order, granted = placed.json(), {"order-token": placed.json()["access_token"]}
    at = f"{API}/orders/{order['number']}"
    body = {"quantities": {"CELADON-TEAPOT-S": 1}, "reason": "no_reason", "remedy": "refund"}
    calls: list[tuple[str, str, object]] = [
        ("GET", at, None),
        ("GET", f"{at}/refunds", None),
        ("GET", f"{at}/returns", None),
        ("POST", f"{at}/payments", {"gateway": "sandbox"}),
        ("POST", f"{at}/returns", body),
        ("POST", f"{at}/cancel", None),
    ]
    for method, path, json_body in calls:
        answer = await client.request(method, path, json=json_body)
        assert answer.status_code == 404, path
    for method, path, json_body in calls:
        answer = await client.request(method, path, json=json_body, headers=granted)
        assert answer.status_code != 404, path


MAX_STATEMENTS = 6
PAGES = (
    "/zh/c/teapots",
    "/zh/p/celadon-teapot",
    "/api/v1/products?limit=50",
    "/zh/search?q=teapot",
)


async def test_a_page_costs_the_same_statements_for_more_products(
    client: httpx.AsyncClient, stocked: Shop, subtests: pytest.Subtests
) -> None:
    counts: dict[str, list[int]] = {path: [] for path in PAGES}
    for products in (2, 30):
        await stock_up(stocked, *(a_draft(f"pot-{number}") for number in range(products)))
        for path, seen in counts.items():
            await client.get(path)
            seen.append(await _statements(stocked, client, path))
    for path, (few, many) in counts.items():
        with subtests.test(path=path):
            assert few == many <= MAX_STATEMENTS


async def test_a_cart_costs_the_same_statements_for_more_lines(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    counts = []
    await stock_up(stocked, *(a_draft(f"pot-{number}") for number in range(30)))
    for lines in (1, 15):
        for number in range(lines):
            await client.post(f"/zh/p/pot-{number}", data={"option-size": "s"})
        await client.get("/zh/cart")
        counts.append(await _statements(stocked, client, "/zh/cart"))
    assert counts[0] == counts[1] <= MAX_STATEMENTS


async def _statements(shop: Shop, client: httpx.AsyncClient, path: str) -> int:
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not any(name in statement for name in IN_THE_BACKGROUND):
            seen.append(statement)

    # Category names are cached for 2 s: without a cache it does not matter when the test asks.
    shop.cached_catalogue_queries()._trees.clear()
    shop.cached_catalogue_queries()._labels.clear()
    engine = shop.database().reads.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert (await client.get(path)).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)


async def test_goods_may_be_sold_before_they_arrive_and_say_if_they_cannot_come_back(
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
    assert counted.status_code == 204
    assert (await client.post(f"{API}/carts/{cart}/lines", json=three)).status_code == 201
