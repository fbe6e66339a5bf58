"""The checkout as people use it: other addresses, a step back, another language."""

import re
from datetime import UTC, date, datetime

import httpx
import pytest
from sqlalchemy import update

from adapters.database.tables.orders import orders
from core.domain.calendar import day_of
from core.domain.text import LANGUAGES
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from tests.web.browsing import ADDRESS, CHOICE, one_time, place_order
from tests.web.html_forms import submitted

pytestmark = pytest.mark.anyio

OTHER = {
    "name": "王芳",
    "phone": "13900139000",
    "country": "CN",
    "region": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 2 号",
}


async def a_member_at_checkout(client: httpx.AsyncClient) -> None:
    member = {"name": "李梅", "login": "mei@example.com", "password": "correct horse"}
    await client.post("/zh/register", data={**member, "old_enough": "1"})
    await client.post("/zh/account/addresses/new", data=ADDRESS)
    await client.post("/zh/p/celadon-teapot", data=CHOICE)


async def test_a_typed_address_wins_over_the_marked_entry(client: httpx.AsyncClient) -> None:
    await a_member_at_checkout(client)
    fields = submitted((await client.get("/zh/checkout")).text, "/zh/checkout")
    page = (await client.get("/zh/checkout")).text
    entry = re.findall(r'name="entry" value="([0-9a-f-]{36})" checked', page)[0]
    assert fields["street"] == ""
    sent = await client.post("/zh/checkout", data={**fields, **OTHER, "entry": entry})
    assert sent.status_code == 303
    assert "文三路 2 号" in (await client.get("/zh/checkout/review")).text

    back = (await client.get("/zh/checkout")).text
    shown = submitted(back, "/zh/checkout")
    assert shown["street"] == "文三路 2 号"
    assert re.search(r'name="entry" value="" data-other checked', back)
    await client.post("/zh/checkout", data={**shown, "entry": entry})
    assert "科苑路 1 号" in (await client.get("/zh/checkout/review")).text


@pytest.mark.parametrize("contact", ["b@", "@example.com", "a b@example.com", "an\u200bna@b.co"])
async def test_a_contact_that_no_email_reaches_is_refused_where_it_is_typed(
    client: httpx.AsyncClient, contact: str
) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    refused = await client.post("/zh/checkout", data={**ADDRESS, "contact": contact})
    assert refused.status_code == 422
    assert 'class="field wrong"' in refused.text


async def test_every_form_path_leads_a_reader_to_its_page(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    """A refused form leaves its path in the browser: reload and the language link must work."""
    order = (await place_order(client)).removeprefix("/zh")
    refused = await client.post(f"/zh{order.replace('?', '/returns?')}", data=one_time())
    assert refused.status_code == 422
    (link,) = re.findall(r'<a\s+href="(/en/orders/[^"]+)"', refused.text)
    assert (await client.get(link.replace("&amp;", "&"), follow_redirects=True)).status_code == 200
    paths = {
        route.path: route.methods
        for route in assemble(stocked).app.routes
        if route.path.startswith(tuple(f"/{language}/" for language in LANGUAGES))
    }
    post_only = [path for path, methods in paths.items() if "GET" not in methods]
    assert len(post_only) > 20
    for path in post_only:
        concrete = re.sub(r"\{[^}]*:uuid\}", "0190c2a0-0000-7000-8000-000000000000", path)
        answer = await client.get(re.sub(r"\{[^}]*\}", "x", concrete))
        assert answer.status_code == 303, path


async def test_the_waiting_page_keeps_the_chosen_gateway(client: httpx.AsyncClient) -> None:
    address = await place_order(client)
    number, _, key = address.removeprefix("/zh/orders/").partition("?key=")
    page = (await client.get(address)).text
    codes = re.findall(r'<option value="([^"]+)"', page)
    paying = one_time(gateway=codes[-1])
    await client.post(f"/zh/orders/{number}/pay?key={key}", data=paying)
    waiting = (await client.get(address)).text
    assert f'<option value="{codes[-1]}" selected' in waiting
    assert 'data-waiting="5"' in waiting


async def test_an_order_of_the_small_hours_counts_for_its_day_in_china(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await place_order(client)
    at = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
    async with stocked.database().writes.begin() as connection:
        await connection.execute(update(orders).values(state="paid", placed_at=at))
    (figures,) = await stocked.order_queries().figures(day_of(at), "CNY")
    assert (figures.day.isoformat(), figures.orders) == ("2026-11-27", 1)
    assert await stocked.order_queries().figures(date(2026, 11, 28), "CNY") == ()


async def test_a_search_that_is_too_long_is_refused_and_not_cut(client: httpx.AsyncClient) -> None:
    long = await client.get("/en/search", params={"q": "x" * 201})
    assert long.status_code == 422
    assert "at most 200 characters" in long.text
    many = await client.get("/en/search", params={"filter": [f"a:{n}" for n in range(21)]})
    assert many.status_code == 422


REVIEW = "/zh/checkout/review"


def shown_sums(page: str) -> list[str]:
    """The shipping methods whose sums are visible."""
    sums = re.findall(r'<div data-sums="([^"]+)"( hidden)?>', page)
    assert len(sums) > 1
    return [code for code, hidden in sums if not hidden]


async def test_the_review_shows_the_sums_of_the_chosen_shipping_method(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    await client.post("/zh/checkout", data=ADDRESS)
    page = (await client.get(REVIEW)).text
    first, second = re.findall(r'name="shipping"\s+value="([^"]+)"', page)[:2]
    codes = [each.split("|")[0] for each in (first, second)]
    assert shown_sums(page) == codes[:1]
    form = submitted(page, REVIEW)
    chosen = {**form, "shipping": second, "gateway": "bank"}
    updated = await client.post(REVIEW, data={**chosen, "update": "1"})
    assert updated.status_code == 200
    assert shown_sums(updated.text) == codes[1:]
    refused = await client.post(REVIEW, data=chosen)
    assert (refused.status_code, shown_sums(refused.text)) == (422, codes[1:])
    again = {**submitted(refused.text, REVIEW), "shipping": second, "gateway": "bank"}
    assert (await client.post(REVIEW, data=again)).status_code == 303
