"""A shop that sends email: links prove an address and reset a password."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from dependency_injector import providers

from adapters.mail.mailers import mailer_of
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import Registration
from core.domain.customers import LoginState
from entrepot.assembly.shop import Shop
from tests.accounts import (
    LOGIN,
    PASSWORD,
    a_staff_member,
    delivered,
    link_in,
)
from tests.postbox import Postbox, postbox
from tests.web.api_client import API

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

FORM = {"name": "李梅", "login": LOGIN, "password": PASSWORD, "old_enough": "1"}


@pytest.fixture(autouse=True)
def box(shop: Shop) -> Iterator[Postbox]:
    with postbox() as (box, url):
        shop.mailer.override(providers.Object(mailer_of(url, "shop@example.com")))
        yield box


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_a_reset_link_leads_to_a_page_that_sets_the_password(
    client: httpx.AsyncClient, shop: Shop, box: Postbox
) -> None:
    await a_staff_member(shop, "boss@example.com")
    known = await client.post(
        "/zh/forgot-password", data={"login": "boss@example.com", "staff": "1"}
    )
    unknown = await client.post(
        "/zh/forgot-password", data={"login": "x@example.com", "staff": "1"}
    )
    assert known.text == unknown.text
    await delivered(shop)
    link = link_in(box)
    assert "new-password" in (await client.get(link)).text
    assert (await client.post(link, data={"password": "password1"})).status_code == 422
    done = await client.post(link, data={"password": "another horse"})
    assert done.headers["location"] == "/zh/admin/login"
    assert (await client.get(link)).status_code == 410
    form = {"login": "boss@example.com", "password": "another horse"}
    assert (await client.post("/zh/admin/login", data=form)).status_code == 303


async def test_a_registration_does_not_reveal_who_is_a_member(
    client: httpx.AsyncClient, shop: Shop, box: Postbox
) -> None:
    first = await client.post("/zh/register", data=FORM)
    await delivered(shop)
    link = link_in(box)
    assert (await client.post("/zh/login", data=FORM)).status_code == 401
    stranger = await client.post(link, data={"password": "not the one"})
    assert stranger.status_code == 401
    assert (await client.post(link, data={"password": PASSWORD})).status_code == 303
    assert "李梅" in (await client.get("/zh/account")).text
    client.cookies.clear()
    again = await client.post("/zh/register", data={**FORM, "password": "a stranger's"})
    assert (again.status_code, again.text) == (first.status_code, first.text)
    await delivered(shop)
    assert "已有账号" in box.emails[-1].get_content()
    assert (await client.post("/zh/login", data=FORM)).status_code == 303


async def test_the_owner_of_an_address_wins_over_an_account_without_proof(
    client: httpx.AsyncClient, shop: Shop, box: Postbox
) -> None:
    silent = replace(shop.register_member(), mailer=None)
    squatter = await silent(
        Registration(login=LOGIN, password="a stranger's", name="x", language="zh", old_enough=True)
    )
    token = (await shop.log_in()(LOGIN, "a stranger's", CartOwner())).token
    await client.post("/zh/register", data=FORM)
    await delivered(shop)
    assert (await client.post(link_in(box), data={"password": PASSWORD})).status_code == 303
    old = await client.get(f"{API}/members/me", headers=bearer(token))
    assert old.status_code == 401
    async with shop.units()() as unit:
        released = await unit.customers.get(squatter)
        owner = await unit.customers.find(LOGIN)
    assert released.login_state is LoginState.RELEASED
    assert owner is not None
    assert owner.id != squatter
    assert owner.login_verified
    wrong = await client.post("/zh/login", data={"login": LOGIN, "password": "a stranger's"})
    assert wrong.status_code == 401


async def test_a_registration_without_proof_ends_after_a_day(
    client: httpx.AsyncClient, shop: Shop, box: Postbox
) -> None:
    await client.post("/zh/register", data=FORM)
    purge = shop.purge_registrations()
    assert await purge() == 0
    assert await replace(purge, now=lambda: shop.now()() + timedelta(hours=25))() == 1
    await delivered(shop)
    assert box.emails == []


async def test_a_mobile_number_registers_at_once(client: httpx.AsyncClient) -> None:
    form = {**FORM, "login": "13800138000"}
    assert (await client.post("/zh/register", data=form)).status_code == 303
    assert "李梅" in (await client.get("/zh/account")).text


async def test_strangers_cannot_flood_an_address_with_links(shop: Shop, box: Postbox) -> None:
    for number in range(8):
        registration = Registration(
            login=LOGIN,
            password=f"long enough {number}",
            name="x",
            language="zh",
            old_enough=True,
        )
        await shop.register_member()(registration)
    await delivered(shop)
    assert len(box.emails) == 5
