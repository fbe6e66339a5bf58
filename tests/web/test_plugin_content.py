"""Slots and pages of plugins in the storefront: shown, escaped, and without effect if they fail."""

import re
import sys
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.plugins.breaker import FAILURES_TO_OPEN, Health
from adapters.plugins.limits import PluginLimits, Purpose
from adapters.web.outer.security_headers import CONTENT_SECURITY_POLICY
from entrepot import Text
from entrepot.assembly.shop import Shop
from entrepot.pages import CardSlotView, Slot, SlotView
from tests.accounts import LOGIN, PASSWORD, a_member
from tests.bank import Bank
from tests.factories import a_draft, stock_up
from tests.installed import install_plugin
from tests.plugins.content_plugin import NAME, SOURCE
from tests.web.browsing import ADDRESS, CHOICE, one_time, review_form

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

PRODUCT = "/zh/p/celadon-teapot"
MEMBER = {"login": LOGIN, "password": PASSWORD}
ATTACK = "<script>attack()"
ESCAPED = "&lt;script&gt;attack()"
SHOWN = re.compile(r'data-slot="([a-z.]+)" data-plugin="group_buys"')


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    install_plugin(tmp_path / "site", NAME, SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop(NAME, None)


@pytest.fixture(autouse=True)
def _patient(_installed: None, shop: Shop) -> None:
    """The shop waits long: a machine that runs tests is busy."""
    shop.plugin_guards().limits = PluginLimits(fill_seconds=20.0, page_seconds=20.0)


@pytest.fixture
def plugin(client: httpx.AsyncClient) -> Any:
    """The module of the plugin."""
    del client
    return sys.modules[NAME]


@pytest.fixture
def slow(_patient: None, shop: Shop) -> None:
    """The shop waits for a moment alone."""
    limits = PluginLimits(fill_seconds=0.3, page_seconds=0.3, blocked_seconds=0.3)
    shop.plugin_guards().limits = limits


async def page_of(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    response = await client.get(path)
    assert response.status_code == status, path
    return response.text


def shown(page: str) -> list[str]:
    assert ATTACK not in page
    return SHOWN.findall(page)


async def test_each_slot_is_on_its_page_and_its_texts_are_escaped(
    client: httpx.AsyncClient, plugin: Any, stocked: Shop, bank: Bank
) -> None:
    del bank
    await stock_up(stocked, a_draft("mug"), a_draft("cup"))
    assert set(shown(await page_of(client, "/en"))) == {"home.block", "product.card"}
    listing = await page_of(client, "/zh/c/teapots")
    assert shown(listing) == ["product.card"] * 3
    product = await page_of(client, PRODUCT)
    assert shown(product) == ["product.price", "product.buy", "product.tabs"]
    assert product.count(ESCAPED) >= 3
    assert "<b>new</b>" in product
    assert 'href="/zh/group-buys/g1"' in product
    assert "人参团" in product
    assert "joined" in await page_of(client, PRODUCT.replace("/zh/", "/en/"))

    await client.post(PRODUCT, data=CHOICE)
    assert shown(await page_of(client, "/zh/cart")) == ["cart.line", "cart.summary"]
    assert shown(await page_of(client, "/zh/checkout")) == ["checkout.step"]
    await client.post("/zh/checkout", data=ADDRESS)
    review = await page_of(client, "/zh/checkout/review")
    assert shown(review) == ["checkout.step", "checkout.summary"]
    placed = await client.post("/zh/checkout/review", data=await review_form(client))
    assert shown(await page_of(client, placed.headers["location"])) == ["order.timeline"]
    assert {slot for slot, _ in plugin.VIEWS} == set(Slot) - {Slot.MEMBER_HOME}


async def test_a_fill_learns_no_contact_data_and_the_member_on_personal_pages_alone(
    client: httpx.AsyncClient, plugin: Any, shop: Shop
) -> None:
    await a_member(shop)
    await client.post("/zh/login", data=MEMBER)
    for path in ("/zh", PRODUCT, "/zh/account"):
        assert shown(await page_of(client, path))
    await client.post(PRODUCT, data=CHOICE)
    await client.post("/zh/checkout", data=ADDRESS)
    assert "checkout.step" in shown(await page_of(client, "/zh/checkout/review"))
    views: list[tuple[Slot, SlotView]] = plugin.VIEWS
    assert {view.logged_in for _, view in views} == {True}
    members = {slot for slot, view in views if getattr(view, "customer_id", None)}
    assert members == {Slot.MEMBER_HOME, Slot.CHECKOUT_STEP, Slot.CHECKOUT_SUMMARY}
    texts = repr(views)
    assert "quantity=1" in texts
    assert [each for each in (*ADDRESS.values(), "Mei") if len(each) > 2 and each in texts] == []


async def test_all_cards_of_a_list_cost_one_call(
    client: httpx.AsyncClient, plugin: Any, stocked: Shop
) -> None:
    await stock_up(stocked, *(a_draft(f"pot-{number}") for number in range(10)))
    record = stocked.plugin_guards().of(NAME, Purpose.SLOTS).breaker.record
    before, plugin.VIEWS[:] = record.calls, []
    await page_of(client, "/zh/c/teapots")
    assert record.calls - before == 1
    assert len({view.product_id for _, view in plugin.VIEWS}) == len(plugin.VIEWS) == 11
    assert {type(view) for _, view in plugin.VIEWS} == {CardSlotView}


@pytest.mark.parametrize("how", ["raises", "hangs", "blocks"])
async def test_a_fill_that_fails_leaves_its_slot_empty_and_is_counted(
    slow: None, client: httpx.AsyncClient, plugin: Any, shop: Shop, how: str
) -> None:
    del slow
    assert len(shown(await page_of(client, PRODUCT))) == 3
    plugin.HOW["fill"] = how
    page = await page_of(client, PRODUCT)
    assert shown(page) == []
    assert "a secret of the plugin" not in page
    assert "data-price>¥" in page
    for _ in range(FAILURES_TO_OPEN):
        await page_of(client, PRODUCT)
    guards = shop.plugin_guards()
    assert guards.of(NAME, Purpose.SLOTS).health is Health.QUARANTINED
    assert guards.of(NAME).health in {Health.READY, Health.HEALTHY}
    plugin.VIEWS.clear()
    assert shown(await page_of(client, PRODUCT)) == []
    assert plugin.VIEWS == []
    (health,) = [each for each in shop.plugin_report()() if each.name == NAME]
    assert health.state == "quarantined"
    assert health.policy.startswith("frame-src https://player.example; connect-src https://api.")


async def test_only_pages_with_content_of_a_plugin_have_its_policy(
    client: httpx.AsyncClient, plugin: Any
) -> None:
    policy = (await client.get(PRODUCT)).headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "frame-src https://player.example" in policy[0]
    assert "connect-src 'self' https://api.example:8443" in policy[0]
    assert "unsafe" not in policy[0]
    for path in ("/zh/privacy", "/zh/login"):
        other = await client.get(path)
        assert other.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    plugin.HOW["fill"] = "is empty"
    empty = await client.get(PRODUCT)
    assert empty.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


async def test_a_shared_page_with_a_fill_that_is_not_kept_is_not_kept(
    client: httpx.AsyncClient, plugin: Any
) -> None:
    assert (await client.get(PRODUCT)).headers["cache-control"] == "private, no-store"
    plugin.HOW["fill"] = "raises"
    failing = await client.get(PRODUCT)
    assert failing.headers["cache-control"].startswith("public")


async def test_static_files_have_a_fingerprint_and_a_known_type(
    client: httpx.AsyncClient, plugin: Any
) -> None:
    del plugin
    (address,) = set(re.findall(r'src="(/static/plugins/[^"]+)"', await page_of(client, PRODUCT)))
    assert re.fullmatch(r"/static/plugins/group_buys/dot\.svg\?v=[0-9a-f]{10}", address)
    picture = await client.get(unescape(address))
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "immutable" in picture.headers["cache-control"]
    for path in ("../templates/badge.html", "badge.html", "none.css", "%2e%2e/x.css"):
        assert (await client.get(f"/static/plugins/group_buys/{path}")).status_code == 404


async def test_a_block_of_a_plugin_is_shown_and_left_out_with_its_plugin(
    client: httpx.AsyncClient, plugin: Any, shop: Shop
) -> None:
    plugin.HOW["fill"] = "is empty"
    block = await shop.add_block()(f"{NAME}.banner")
    values = {
        "line": Text({"en": f"Only today {ATTACK}"}),
        "rich": Text({"en": f"<p>Hello</p>{ATTACK}</script>"}),
        "address": "/group-buys/g1",
        "products": ("celadon-teapot",),
    }
    await shop.save_block()(block, values, 1, published=True)
    home = await client.get("/en")
    assert 'data-block="group_buys.banner"' in home.text
    assert ATTACK not in home.text
    assert ESCAPED in home.text
    assert "<p>Hello</p>" in home.text
    assert 'href="/en/group-buys/g1"' in home.text
    assert '<a href="/en/p/celadon-teapot">Celadon teapot</a>' in home.text
    assert "frame-src https://player.example" in home.headers["content-security-policy"]
    shop.block_kinds().pop(f"{NAME}.banner")  # type: ignore[attr-defined]
    gone = await page_of(client, "/en")
    assert "group_buys.banner" not in gone
    assert "Everyday essentials</h1>" in gone


TITLES = {"zh": "拼团", "en": "Group buys"}


@pytest.mark.parametrize("language", TITLES)
async def test_a_page_is_inside_the_layout_of_the_shop(
    client: httpx.AsyncClient, plugin: Any, language: str
) -> None:
    page = await page_of(client, f"/{language}/group-buys/g1?q={ATTACK}")
    assert f"<title>{TITLES[language]}" in page
    other = {"zh": "en", "en": "zh"}[language]
    assert f'href="http://127.0.0.1:8000/{other}/group-buys/g1' in page
    assert ATTACK not in page
    assert page.count(ESCAPED) >= 2
    assert 'class="site-footer"' in page
    (request,) = plugin.REQUESTS
    assert (request.path, request.language, request.form) == ({"code": "g1"}, language, None)


async def test_a_form_needs_a_one_time_key_and_the_origin_of_the_shop(
    client: httpx.AsyncClient, plugin: Any
) -> None:
    path = "/zh/group-buys/g1"
    (key,) = re.findall(r'name="once" value="([^"]+)"', await page_of(client, path))
    plugin.REQUESTS.clear()
    sent = await client.post(path, data={"once": key, "name": "g2"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/zh/group-buys/g2")
    (request,) = plugin.REQUESTS
    assert (request.form, request.key) == ({"name": "g2"}, key)
    assert (await client.post(path, data={"name": "g2"})).status_code == 422
    foreign = {"origin": "https://elsewhere.example"}
    refused = await client.post(path, data=one_time(name="g2"), headers=foreign)
    assert refused.status_code == 403
    assert len(plugin.REQUESTS) == 1
    assert (await client.post("/zh/group-buys", data=one_time())).status_code == 405


async def test_a_page_for_members_asks_a_guest_to_sign_in(
    client: httpx.AsyncClient, plugin: Any, shop: Shop
) -> None:
    guest = await client.get("/zh/my-groups")
    assert guest.headers["location"] == "/zh/login?next=/zh/my-groups"
    assert plugin.REQUESTS == []
    await a_member(shop)
    signed_in = await client.post("/zh/login", data={**MEMBER, "next": "/zh/my-groups"})
    assert signed_in.headers["location"] == "/zh/my-groups"
    for path in ("/zh/my-groups", "/zh/group-buys/g1", "/zh/group-buys"):
        await page_of(client, path)
    assert [bool(each.customer_id) for each in plugin.REQUESTS] == [True, True, False]


async def test_a_shared_page_can_be_kept_and_others_cannot(
    client: httpx.AsyncClient, plugin: Any
) -> None:
    del plugin
    cached: Mapping[str, bool] = {"/zh/group-buys": True, "/zh/group-buys/g1": False}
    for path, is_public in cached.items():
        header = (await client.get(path)).headers["cache-control"]
        assert header.startswith("public") is is_public


async def test_a_page_that_fails_shows_the_error_page_and_does_not_quarantine(
    client: httpx.AsyncClient, plugin: Any, shop: Shop
) -> None:
    del plugin
    for _ in range(FAILURES_TO_OPEN + 1):
        page = await page_of(client, "/zh/group-buys/raises", status=503)
        assert 'data-code="unavailable"' in page
        assert "secret" not in page
    assert await page_of(client, "/zh/group-buys/g1")
    assert shop.plugin_guards().of(NAME, Purpose.PAGES).breaker.record.failures > FAILURES_TO_OPEN
    assert (await client.get("/zh/group-buys/moved")).headers["location"] == "/zh/cart"
    assert (await client.get("/zh/group-buys/g1/more")).status_code == 404
