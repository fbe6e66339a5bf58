"""Registration, sign-in and the account pages of a customer."""

import re

import httpx
import pytest

from tests.web.browsing import ADDRESS, CHOICE

pytestmark = pytest.mark.anyio


async def test_a_member_signs_out_and_in_and_keeps_the_cart(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    form = {
        "name": "李梅",
        "login": "Mei@Example.com",
        "password": "correct horse",
        "old_enough": "1",
    }
    assert (await client.post("/zh/register", data=form)).status_code == 303
    account = await client.get("/zh/account")
    assert "您好，李梅" in account.text
    assert "青瓷茶壶" in (await client.get("/zh/cart")).text
    await client.post("/zh/logout")
    assert "购物车是空的" in (await client.get("/zh/cart")).text
    assert (await client.get("/zh/account")).status_code == 303
    wrong = await client.post("/zh/login", data={"login": "mei@example.com", "password": "no"})
    assert wrong.status_code == 401
    assert "mei@example.com" in wrong.text
    right = {"login": "mei@example.com", "password": "correct horse"}
    assert (await client.post("/zh/login", data=right)).status_code == 303
    assert "青瓷茶壶" in (await client.get("/zh/cart")).text


async def test_the_redirect_after_sign_in_stays_in_the_shop(client: httpx.AsyncClient) -> None:
    form = {"name": "x", "login": "a@example.com", "password": "correct horse", "old_enough": "1"}
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        form["login"] = f"{abs(hash(target))}@example.com"
        response = await client.post("/zh/register", data={**form, "next": target})
        assert response.headers["location"] == "/zh/account"
        await client.post("/zh/logout")


async def test_addresses_are_added_changed_and_removed(client: httpx.AsyncClient) -> None:
    form = {
        "name": "李梅",
        "login": "mei@example.com",
        "password": "correct horse",
        "old_enough": "1",
    }
    await client.post("/zh/register", data=form)
    assert (await client.post("/zh/account/addresses/new", data=ADDRESS)).status_code == 303
    page = (await client.get("/zh/account")).text
    (address_id,) = set(re.findall(r"/zh/account/addresses/([0-9a-f-]{36})", page))
    changed = {**ADDRESS, "street": "别的路 2 号"}
    await client.post(f"/zh/account/addresses/{address_id}", data=changed)
    assert "别的路 2 号" in (await client.get("/zh/account")).text
    await client.post(f"/zh/account/addresses/{address_id}/drop")
    assert "别的路 2 号" not in (await client.get("/zh/account")).text


@pytest.mark.parametrize(
    "path",
    [
        "/zh/account",
        "/zh/account/addresses/new",
        "/zh/account/coupons",
        "/en/account/privacy",
        "/zh/account/verify-email/a%26b",
    ],
)
async def test_a_guest_is_sent_to_sign_in_with_the_way_back(
    client: httpx.AsyncClient, path: str
) -> None:
    page = await client.get(path)
    assert page.status_code == 303
    assert page.headers["location"] == f"{path[:3]}/login?next={path}"


async def test_sign_in_attempts_are_rate_limited(client: httpx.AsyncClient) -> None:
    attempt = {"login": "mei@example.com", "password": "guess"}
    statuses = [(await client.post("/zh/login", data=attempt)).status_code for _ in range(12)]
    assert statuses[:5] == [401] * 5
    assert statuses[-1] == 429
