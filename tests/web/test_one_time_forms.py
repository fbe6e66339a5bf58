"""A form that moves money or goods takes effect once, however often it is sent."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute

from adapters.web.admin.context import AdminContext
from adapters.web.one_time import is_one_time, one_time_field
from adapters.web.pages import Pages
from tests.web.keyed_requests import Killed, World, payments_of
from tests.web.one_time_forms import FORMS, fields_of, own, refund, ship, sign_in

pytestmark = pytest.mark.anyio

REPEATABLE = {
    "/account/addresses/new": "the address book is no money and no goods",
    "/account/addresses/{address_id:uuid}": "the second submission saves the same address",
    "/account/addresses/{address_id:uuid}/{action:str}": "prefer and remove are states",
    "/account/privacy/consent": "the consent is a state; each submission is a record of it",
    "/account/privacy/copy": "a download",
    "/account/privacy/erasure": "an open request is found again",
    "/account/privacy/lift": "a state",
    "/account/privacy/proof": "another email with a link",
    "/account/privacy/request": "an open request is found again",
    "/account/verify-email/{token:str}": "the link works once",
    "/account": "sets values",
    "/cart": "sets a quantity",
    "/cart/additions": "the offer limits the units; the buyer sees the cart before the order",
    "/cart/coupons": "a code is on the cart once",
    "/cart/fields": "sets values",
    "/cart/points": "sets a number",
    "/checkout": "sets the address of the cart",
    "/data/{token:str}/copy": "a download",
    "/data/{token:str}/erasure": "the link works once",
    "/forgot-password": "another email with a link",
    "/login": "another session",
    "/login/code": "a code works once",
    "/logout": "a state",
    "/orders/{number:str}/data": "another email with a link",
    "/p/{handle:str}": "the page is shared by a cache; the buyer sees the cart before the order",
    "/privacy/viewed": "a cookie",
    "/register/{token:str}": "the link works once",
    "/reset-password/{token:str}": "the link works once",
    "/register": "the second submission signs in, or is told that the account exists",
    "/admin/evidence/disclosures": "a request that a second person must approve",
    "/admin/evidence/disclosures/{disclosure_id:uuid}/approve": "a state",
    "/admin/evidence/disclosures/{disclosure_id:uuid}/read": "a download",
    "/admin/evidence/pack": "a download",
    "/admin/login": "another session",
    "/admin/login/code": "a code works once",
    "/admin/login/second-factor": "the second factor is turned on once",
    "/admin/logout": "a state",
    "/admin/blocks": "another draft, which staff see in the list",
    "/admin/blocks/{block_id:uuid}": "the form has the version of the block",
    "/admin/blocks/{block_id:uuid}/move": "staff see the new order",
    "/admin/blocks/{block_id:uuid}/remove": "the form has the version of the block",
    "/admin/coupon-batches": "the code is unique",
    "/admin/coupon-batches/{batch:str}/codes": "the form has the number of codes that were made",
    "/admin/coupon-batches/{batch:str}/end": "a state",
    "/admin/coupon-batches/{batch:str}/revoke": "a state",
    "/admin/price-lists": "the code is unique",
    "/admin/price-lists/{code:str}": "the form has the version of the price list",
    "/admin/tax-rates": "the second submission saves the same rate",
    "/admin/tax-rates/{name:str}/remove": "a state",
    "/admin/plugin-settings/{plugin:str}": "the form has the version of the settings",
    "/admin/privacy": "an open request is found again",
    "/admin/privacy/{number:str}/bundle": "a download",
    "/admin/privacy/{number:str}/{move:str}": "moves between states",
    "/admin/products/new": "the handle is unique",
    "/admin/products/{handle:str}": "the form has the version of the product",
    "/admin/products/{handle:str}/move": "moves between states",
    "/admin/promotion-kinds/{kind:str}": "the code is unique",
    "/admin/promotions/new": "the code is unique",
    "/admin/promotions/{code:str}": "the form has the version of the promotion",
    "/admin/promotions/{code:str}/copy": "the code of the copy is unique",
    "/admin/promotions/{code:str}/move": "moves between states",
    "/admin/roles/new": "the code is unique",
    "/admin/roles/{code:str}": "the form has the version of the role",
    "/admin/roles/{code:str}/delete": "a state",
    "/admin/staff": "the log-in is unique",
    "/admin/staff/{staff_id:uuid}/{move:str}": "states, or another email with a link",
    "/admin/reconciliations": "one report for each gateway and day",
}
"""Forms without a one-time key, and why a second submission does no harm."""


def forms(client: httpx.AsyncClient) -> dict[str, bool]:
    """Whether each form of the Chinese pages is one-time, by the path after the language."""
    app = client._transport.app.app  # type: ignore[attr-defined]
    return {
        route.path.removeprefix("/zh"): is_one_time(handler)
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/zh/")
        for handler in route.route_handlers
        if "POST" in handler.http_methods
    }


async def test_every_form_is_one_time_or_has_a_reason(client: httpx.AsyncClient) -> None:
    found = forms(client)
    assert {path for path, once in found.items() if not once} == set(REPEATABLE)
    assert {path for path, once in found.items() if once} == {path for path, _ in FORMS}


async def test_a_one_time_form_without_a_key_is_refused(world: World) -> None:
    await sign_in(world)
    for path, once in forms(world.client).items():
        if once:
            address = "/zh" + re.sub(r"{[^}]+}", "1", path)
            for data in ({}, {"once": ""}, {"once": "short"}):
                refused = await world.client.post(address, data=data)
                assert refused.status_code == 422, path
                assert "页面已过期" in refused.text


async def test_two_clicks_have_one_effect(world: World, subtests: pytest.Subtests) -> None:
    await sign_in(world)
    for prepare in (each for _, several in FORMS for each in several):
        with subtests.test(prepare.__name__):
            shown = await prepare(world)
            assert await shown.effects() == 0
            fields = await fields_of(world, shown)
            clicks = await asyncio.gather(
                *(world.client.post(shown.action, data=fields) for _ in range(2))
            )
            clicks.append(await world.client.post(shown.action, data=fields))
            assert {each.status_code for each in clicks} == {303}, clicks[1].text
            assert len({each.headers["location"] for each in clicks}) == 1
            assert await shown.effects() == 1


async def test_without_the_guard_two_clicks_make_two_refunds_and_two_parcels(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.database.unit_of_work.current_claim", lambda: None)
    await sign_in(world)
    for prepare in (refund, ship):
        shown = await prepare(world)
        fields = await fields_of(world, shown)
        for _ in range(2):
            await world.client.post(shown.action, data=fields)
        assert await shown.effects() == 2


async def test_a_crash_before_the_redirect_does_not_repeat_the_effect(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise Killed

    await sign_in(world)
    shown = await refund(world)
    fields = await fields_of(world, shown)
    with monkeypatch.context() as patch:
        patch.setattr(AdminContext, "redirect", die)
        with pytest.raises(Killed):
            await world.client.post(shown.action, data=fields)
    again = await world.client.post(shown.action, data=fields)
    assert (again.status_code, again.headers["location"]) == (303, f"{shown.page}?done=refund")
    assert await shown.effects() == 1


async def test_a_key_with_other_values_is_refused_with_a_new_key(world: World) -> None:
    await sign_in(world)
    shown = await refund(world)
    fields = await fields_of(world, shown)
    await world.client.post(shown.action, data=fields)
    other = await world.client.post(shown.action, data={**fields, "amount": "2.00"})
    assert other.status_code == 422
    assert "您提交过该表单，但内容不同" in other.text
    assert fields["once"] not in other.text
    assert await shown.effects() == 1


async def test_a_refused_form_can_be_corrected_with_the_same_key(world: World) -> None:
    await sign_in(world)
    shown = await refund(world)
    fields = await fields_of(world, shown)
    wrong = await world.client.post(shown.action, data={**fields, "amount": "100000"})
    assert wrong.status_code == 409
    assert (await world.client.post(shown.action, data=fields)).status_code == 303
    assert await shown.effects() == 1


async def test_two_visitors_can_choose_the_same_key(world: World) -> None:
    chosen = {"once": "chosen-by-both-of-them", "gateway": "bank"}
    for _ in range(2):
        placed = await world.placed()
        paid = await world.client.post(own(placed, "/pay"), data=chosen)
        assert paid.status_code == 303
        assert await world.count(payments_of(placed.id))() == 1


async def test_a_page_with_a_one_time_key_is_not_shared(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = await client.get("/zh/p/celadon-teapot")
    assert shared.headers["cache-control"].startswith("public")
    render = Pages.render

    def with_a_key(pages: Pages, *arguments: Any) -> bytes:
        return render(pages, *arguments) + one_time_field(lambda: "key").encode()

    monkeypatch.setattr(Pages, "render", with_a_key)
    keyed = await client.get("/zh/p/celadon-teapot")
    assert keyed.headers["cache-control"] == "private, no-store"


async def test_the_back_office_loads_the_script(world: World) -> None:
    await sign_in(world)
    assert "shop.js" in (await world.client.get("/zh/admin")).text
