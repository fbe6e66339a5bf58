"""Staff arrange the home page in the back office, and visitors see it."""

import re

import httpx
import pytest

from core.domain.staff import CLERK
from entrepot.assembly.shop import Shop
from tests.accounts import PASSWORD, a_staff_member
from tests.web.test_statement_counts import statements_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

ATTACK = "<script>attack()</script>"


@pytest.fixture
async def staff(client: httpx.AsyncClient, stocked: Shop) -> httpx.AsyncClient:
    await a_staff_member(stocked, "clerk@example.com", CLERK)
    form = {"login": "clerk@example.com", "password": PASSWORD}
    assert (await client.post("/en/admin/login", data=form)).status_code == 303
    return client


async def add(staff: httpx.AsyncClient, kind: str, **fields: str) -> str:
    """Add a block and publish it with these fields. Returns its page."""
    added = await staff.post("/en/admin/blocks", data={"kind": kind})
    page: str = added.headers["location"]
    form = {"version": "1", "published": "1", **fields}
    saved = await staff.post(page, data=form)
    assert saved.headers.get("location") == "/en/admin/blocks?done=saved", saved.text
    return page


async def kinds_at_home(client: httpx.AsyncClient) -> list[str]:
    page = (await client.get("/en")).text
    assert ATTACK not in page
    return re.findall(r'data-block="([a-z_.]+)"', page)


async def test_published_blocks_replace_the_headline_of_the_home_page(
    staff: httpx.AsyncClient,
) -> None:
    assert "Everyday essentials</h1>" in (await staff.get("/en")).text
    await add(
        staff,
        "hero",
        **{"title-en": f"Sale {ATTACK}", "title-zh": "特卖", "link": "/c/teapots"},
        picture="https://img.example/sale.webp",
    )
    await add(staff, "rich_text", **{"text-en": f"<p>Hello</p>{ATTACK}"})
    row = {"title-en": "Pots", "products": "celadon-teapot", "category": "teapots"}
    await add(staff, "product_row", **row)
    assert await kinds_at_home(staff) == ["hero", "rich_text", "product_row"]
    page = (await staff.get("/en")).text
    assert "Sale &lt;script&gt;" in page
    assert 'href="/en/c/teapots"' in page
    assert "<p>Hello</p>" in page
    assert "Everyday essentials</h1>" not in page
    assert page.index("Pots</h2>") < page.index('href="/en/p/celadon-teapot"')
    assert "特卖" in (await staff.get("/zh")).text


async def test_blocks_are_moved_hidden_and_removed(staff: httpx.AsyncClient) -> None:
    first = await add(staff, "hero", **{"title-en": "First"})
    second = await add(staff, "rich_text", **{"text-en": "<p>Second</p>"})
    await staff.post(f"{second}/move", data={"to": "up"})
    assert await kinds_at_home(staff) == ["rich_text", "hero"]
    await staff.post(first, data={"version": "2", "title-en": "First"})
    assert await kinds_at_home(staff) == ["rich_text"]
    listed = (await staff.get("/en/admin/blocks")).text
    assert re.findall(r'data-block="([a-z_]+)"', listed) == ["rich_text", "hero"]
    await staff.post(f"{second}/remove", data={"version": "2"})
    assert await kinds_at_home(staff) == []


async def test_a_wrong_value_or_an_old_version_is_shown_again(staff: httpx.AsyncClient) -> None:
    page = await add(staff, "hero", **{"title-en": "First"})
    wrong = {"version": "2", "title-en": "Other", "link": "javascript:attack()"}
    refused = await staff.post(page, data=wrong)
    assert refused.status_code == 422
    assert 'value="Other"' in refused.text
    assert "Write an address such as" in refused.text
    old = await staff.post(page, data={"version": "1", "title-en": "Other"})
    assert old.status_code == 409
    assert "First" in (await staff.get(page)).text


async def test_the_number_of_statements_does_not_grow_with_blocks(
    staff: httpx.AsyncClient, stocked: Shop
) -> None:
    counts = []
    for _ in range(3):
        row = {"title-en": "Pots", "products": "celadon-teapot", "category": "teapots"}
        await add(staff, "product_row", **row)
        await staff.get("/en")
        counts.append(await statements_of(stocked, staff, "/en"))
    assert counts[0] == counts[1] == counts[2]
