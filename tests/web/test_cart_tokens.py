"""Only the shop makes tokens of carts: one that a visitor made up opens no cart."""

from typing import Any

import httpx
import pytest

from adapters.web.visitors import CART_COOKIE
from core.application.carts.ownership import CartOwner
from entrepot.assembly.shop import Shop
from tests.bank import SMALL
from tests.web.api_client import ADDRESS, API, filled_cart, order_form
from tests.web.browsing import CHOICE

pytestmark = pytest.mark.anyio

MADE_UP = "planted"
LINE = {"sku": SMALL, "quantity": 1}


def altered(token: str) -> str:
    return ("B" if token[0] == "A" else "A") + token[1:]


async def test_the_api_refuses_tokens_that_the_shop_did_not_make(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    genuine = await filled_cart(client)
    form = await order_form(client, genuine)
    for token in (MADE_UP, altered(genuine), genuine[:-1], f"{genuine}x", "a.b", "é.é"):
        await stocked.add_to_cart()(CartOwner(token=token), SMALL, 1)
        requests: list[tuple[str, str, Any]] = [
            ("GET", f"/carts/{token}", None),
            ("POST", f"/carts/{token}/lines", LINE),
            ("PATCH", f"/carts/{token}/lines/{SMALL}", {"quantity": 2}),
            ("DELETE", f"/carts/{token}/lines/{SMALL}", None),
            ("PUT", f"/carts/{token}/delivery", {"contact": "a@example.com", "address": ADDRESS}),
            ("GET", f"/carts/{token}/checkout", None),
            ("POST", "/orders", {**form, "cart": token}),
        ]
        for method, path, body in requests:
            answer = await client.request(method, f"{API}{path}", json=body)
            assert answer.status_code == 422, (method, path, answer.text)
            assert answer.json()["errors"][0]["field"] == "token"
    assert (await client.post(f"{API}/orders", json=form)).status_code == 201


async def test_a_made_up_cart_is_not_merged_at_sign_in(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_to_cart()(CartOwner(token=MADE_UP), SMALL, 1)
    member = {"login": "mei@example.com", "password": "correct horse battery"}
    await client.post(f"{API}/members", json={**member, "name": "李梅", "old_enough": True})
    genuine = await filled_cart(client)
    for token, units in ((MADE_UP, 0), (genuine, 2)):
        session = await client.post(f"{API}/sessions", json={**member, "cart": token})
        headers = {"authorization": f"Bearer {session.json()['token']}"}
        assert (await client.get(f"{API}/carts/mine", headers=headers)).json()["units"] == units


async def test_a_planted_cookie_opens_no_cart_and_is_replaced(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_to_cart()(CartOwner(token=MADE_UP), SMALL, 1)
    client.cookies.set(CART_COOKIE, MADE_UP)
    assert "CELADON" not in (await client.get("/zh/cart")).text
    client.cookies.delete(CART_COOKIE)
    added = await client.post(
        "/zh/p/celadon-teapot", data=CHOICE, headers={"cookie": f"{CART_COOKIE}={MADE_UP}"}
    )
    assert added.status_code == 303
    assert added.cookies[CART_COOKIE] != MADE_UP
    assert (await stocked.show_cart()(CartOwner(token=MADE_UP), "zh")).units == 1
    assert (await stocked.show_cart()(CartOwner(token=added.cookies[CART_COOKIE]), "zh")).units == 1
