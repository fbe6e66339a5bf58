"""The pages and API routes of log-ins, second factors, passwords and registrations."""

import json
import unicodedata

import httpx
import pytest
from dependency_injector import providers

from core.domain.staff import CLERK
from entrepot.assembly.shop import Shop
from tests.accounts import (
    LOGIN,
    PASSWORD,
    a_member,
    a_staff_member,
    code_at,
    with_second_factor,
)
from tests.commands import command
from tests.web.api_client import API, filled_cart, order_form

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

FORM = {"name": "李梅", "login": LOGIN, "password": PASSWORD, "old_enough": "1"}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_a_password_is_the_same_in_both_unicode_forms_and_keeps_its_spaces(
    client: httpx.AsyncClient,
) -> None:
    password = " \u00e9t\u00e9 in \u00c5ngstr\u00f6m "
    form = {**FORM, "password": unicodedata.normalize("NFD", password)}
    assert (await client.post("/zh/register", data=form)).status_code == 303
    statuses = {}
    for typed in (password, unicodedata.normalize("NFD", password), password.strip()):
        login = {"login": LOGIN, "password": typed}
        page = (await client.post("/zh/login", data=login)).status_code
        api = (await client.post(f"{API}/sessions", json=login)).status_code
        statuses[typed] = (page, api)
    assert list(statuses.values()) == [(303, 201), (303, 201), (401, 401)]


@pytest.mark.parametrize("password", ["password1", "ＰassWord1", "x" * 129, LOGIN, "short"])
async def test_a_weak_password_is_refused_everywhere(
    client: httpx.AsyncClient, password: str
) -> None:
    page = await client.post("/zh/register", data={**FORM, "password": password})
    assert page.status_code == 422
    assert password not in page.text or password == LOGIN
    body = {"login": LOGIN, "password": password, "name": "x", "old_enough": True}
    assert (await client.post(f"{API}/members", json=body)).status_code == 422


async def test_a_long_password_is_not_cut(client: httpx.AsyncClient) -> None:
    long = "长" * 127 + "a"
    assert (await client.post("/zh/register", data={**FORM, "password": long})).status_code == 303
    for typed, status in ((long[:-1], 401), (long[:-1] + "b", 401), (long, 303)):
        answer = await client.post("/zh/login", data={"login": LOGIN, "password": typed})
        assert answer.status_code == status


async def test_a_member_logs_in_in_two_steps(client: httpx.AsyncClient, shop: Shop) -> None:
    secret, _ = await with_second_factor(shop, await a_member(shop))
    page = await client.post("/zh/login", data={"login": LOGIN, "password": PASSWORD})
    assert "/zh/login/code" in page.text
    assert (await client.get("/zh/account")).status_code == 303
    assert (await client.post("/zh/login/code", data={"code": "1"})).status_code == 401
    code = code_at(secret, shop.now()())
    done = await client.post("/zh/login/code", data={"code": code, "next": "/zh/cart"})
    assert done.headers["location"] == "/zh/cart"
    assert (await client.get("/zh/account")).status_code == 200


async def test_the_api_logs_in_in_two_steps(client: httpx.AsyncClient, shop: Shop) -> None:
    secret, _ = await with_second_factor(shop, await a_staff_member(shop, "boss@example.com"))
    body = {"login": "boss@example.com", "password": PASSWORD}
    first = (await client.post(f"{API}/staff-sessions", json=body)).json()
    assert first["confirmed"] is False
    orders = f"{API}/admin/orders"
    assert (await client.get(orders, headers=bearer(first["token"]))).status_code == 401
    second = await client.post(
        f"{API}/staff-sessions/current/code",
        json={"code": code_at(secret, shop.now()())},
        headers=bearer(first["token"]),
    )
    assert (await client.get(orders, headers=bearer(second.json()["token"]))).status_code == 200


async def test_staff_set_up_a_required_second_factor_on_a_page(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    shop.staff_need_second_factor.override(providers.Object(1))
    account = await a_staff_member(shop, "boss@example.com")
    form = {"login": "boss@example.com", "password": PASSWORD}
    step = (await client.post("/zh/admin/login", data=form)).headers["location"]
    assert step == "/zh/admin/login/code"
    assert "<svg" in (await client.get(step)).text
    wrong = await client.post("/zh/admin/login/second-factor", data={"code": "1"})
    assert wrong.status_code == 401
    assert (await client.get("/zh/admin/orders")).status_code == 303
    async with shop.account_units()() as unit:
        factor = await unit.second_factors.find(account)
    assert factor is not None
    code = code_at(factor.secret, shop.now()())
    page = await client.post("/zh/admin/login/second-factor", data={"code": code})
    assert page.text.count("<code>") == 10
    assert (await client.get("/zh/admin/orders")).status_code == 200


async def test_a_member_manages_password_and_sessions_in_the_api(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await a_member(shop)
    login = {"login": LOGIN, "password": PASSWORD}
    tokens = [(await client.post(f"{API}/sessions", json=login)).json()["token"] for _ in "ab"]
    mine, other = map(bearer, tokens)
    me = f"{API}/members/me"
    listed = (await client.get(f"{me}/sessions", headers=mine)).json()
    assert sorted(each["current"] for each in listed) == [False, True]
    change = {"current_password": PASSWORD, "new_password": "another horse"}
    assert (await client.put(f"{me}/password", json=change, headers=mine)).status_code == 200
    assert (await client.get(me, headers=other)).status_code == 401
    assert (await client.get(me, headers=mine)).status_code == 200
    proposal = (await client.post(f"{me}/second-factor", headers=mine)).json()
    assert proposal["address"].startswith("otpauth://totp/")


async def test_a_manager_dismisses_a_clerk_and_logs_a_member_out(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await a_staff_member(shop, "boss@example.com")
    clerk = await a_staff_member(shop, "clerk@example.com", CLERK)
    member = await a_member(shop)
    tokens = {}
    for name in ("boss", "clerk"):
        body = {"login": f"{name}@example.com", "password": PASSWORD}
        tokens[name] = bearer(
            (await client.post(f"{API}/staff-sessions", json=body)).json()["token"]
        )
    login = {"login": LOGIN, "password": PASSWORD}
    session = bearer((await client.post(f"{API}/sessions", json=login)).json()["token"])
    admin = f"{API}/admin"
    assert (await client.get(f"{admin}/staff", headers=tokens["clerk"])).status_code == 403
    names = [
        each["login"]
        for each in (await client.get(f"{admin}/staff", headers=tokens["boss"])).json()
    ]
    assert sorted(names) == ["boss@example.com", "clerk@example.com"]
    moved = await client.post(
        f"{admin}/staff/{clerk.id}/moves", json={"move": "disable"}, headers=tokens["boss"]
    )
    assert moved.status_code == 204
    assert (await client.get(f"{admin}/orders", headers=tokens["clerk"])).status_code == 401
    page = f"{admin}/customers/{member.id}/sessions"
    assert len((await client.get(page, headers=tokens["boss"])).json()) == 1
    assert (await client.delete(page, headers=tokens["boss"])).status_code == 204
    assert (await client.get(f"{API}/members/me", headers=session)).status_code == 401


async def test_the_command_line_manages_staff(client: httpx.AsyncClient, shop: Shop) -> None:
    await a_staff_member(shop, "boss@example.com")
    added = await command(
        shop,
        "staff",
        "add",
        "lin@example.com",
        "--name",
        "林",
        "--role",
        "clerk",
        "--password",
        PASSWORD,
    )
    assert added.exit_code == 0, added.output
    refused = await command(shop, "staff", "disable", "boss@example.com")
    assert refused.exit_code == 1
    assert "No other staff member can manage staff" in refused.output
    assert (await command(shop, "staff", "role", "lin@example.com", "manager")).exit_code == 0
    assert (await command(shop, "staff", "disable", "boss@example.com")).exit_code == 0
    listed = await command(shop, "staff", "list", "--json")
    assert '"role": "manager", "disabled": true' in listed.output
    roles = json.loads((await command(shop, "staff", "roles", "--json")).output)
    assert {each["code"]: each["staff"] for each in roles} == {
        "auditor": 0,
        "clerk": 0,
        "manager": 2,
    }
    assert "evidence.export" in (await command(shop, "staff", "roles")).output
    wrong = await command(shop, "staff", "role", "lin@example.com", "captain")
    assert wrong.exit_code == 1
    assert "captain" in wrong.output
    unknown = await command(shop, "staff", "disable", "nobody@example.com")
    assert unknown.exit_code == 1
    link = (await command(shop, "staff", "reset-password", "lin@example.com")).output.strip()
    path = link.removeprefix("http://127.0.0.1:8000")
    done = await client.post(path, data={"password": "another horse"})
    assert done.headers["location"] == "/zh/admin/login"
    form = {"login": "lin@example.com", "password": "another horse"}
    assert (await client.post("/zh/admin/login", data=form)).status_code == 303
    ended = await command(shop, "staff", "end-sessions", "lin@example.com")
    assert ended.output == "1 sessions ended.\n"
    assert (await client.get("/zh/admin/orders")).headers["location"] == "/zh/admin/login"


async def test_wrong_order_links_are_limited_and_right_ones_are_not(
    client: httpx.AsyncClient,
) -> None:
    placed = await client.post(
        f"{API}/orders", json=await order_form(client, await filled_cart(client))
    )
    number, token = placed.json()["number"], placed.json()["access_token"]
    page = f"{API}/orders/{number}"
    codes = [
        (await client.get(page, headers={"order-token": f"wrong{each}"})).status_code
        for each in range(11)
    ]
    assert codes == [404] * 10 + [429]
    assert (await client.get(page, headers={"order-token": token})).status_code == 200
    refused = await client.post(f"{API}/sessions", json={"login": LOGIN, "password": "x"})
    assert refused.json()["code"] == "too_many_attempts"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
