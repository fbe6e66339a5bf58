"""What pages show of prices: a group's price with its reason, and what a price is compared with."""

import re
from dataclasses import replace

import httpx
import pytest

from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.applied_prices import history, list_price, promote, work
from tests.bank import Bank, pay, place
from tests.factories import a_draft, yuan
from tests.web.api_client import API
from tests.web.keyed_requests import World
from tests.web.test_coupon_pages import sign_in

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

LIST, PAGE = "/zh/c/teapots", "/zh/p/celadon-teapot"
DELETED = re.compile(r"<del[^>]*>([^<]+)</del>")


@pytest.fixture
async def reduced(stocked: Shop, bank: Bank) -> Shop:
    """Half off, after a pot was sold for its full price."""
    placed = await place(stocked)
    await pay(stocked, bank, placed.id)
    await promote(stocked)
    await work(stocked)
    return stocked


@pytest.mark.parametrize(
    ("language", "name"),
    [("zh", "促销前7天内最低成交价"), ("en", "Lowest price paid in the 7 days before")],
)
async def test_a_crossed_out_price_says_what_it_is(
    reduced: Shop, client: httpx.AsyncClient, language: str, name: str
) -> None:
    del reduced
    for path in (LIST, PAGE):
        shown = (await client.get(path.replace("zh", language))).text
        assert name in shown
        assert "−50%" in shown
        assert DELETED.findall(shown)[0].endswith("168.00")
    answer = (await client.get(f"{API}/products/celadon-teapot")).json()
    assert answer["variants"][0]["prior"] == {
        "price": {"minor": 16800, "currency": "CNY"},
        "basis": "lowest_deal",
        "percent": 50,
    }


async def test_a_suggested_price_is_shown_with_evidence_and_never_crossed_out(
    stocked: Shop, client: httpx.AsyncClient
) -> None:
    small, large = a_draft().variants
    for evidence, is_shown in (("", False), ("Price list 2026, page 7", True)):
        suggested = replace(small, compare_at=yuan(199), suggested_by=evidence)
        await stocked.save_product()(replace(a_draft(), variants=(suggested, large)))
        for path in (LIST, PAGE):
            shown = (await client.get(path)).text
            assert ("199.00" in shown) is is_shown
            assert "199.00" not in "".join(DELETED.findall(shown))
    assert "厂商建议零售价" in shown


async def test_a_member_of_a_group_sees_the_price_of_the_group(
    stocked: Shop, client: httpx.AsyncClient
) -> None:
    label = Text({"zh": "会员专享", "en": "Members"})
    await list_price(stocked, "members", 15000, groups=frozenset({"vip"}), label=label)
    member = await sign_in(stocked, client)
    seen = []
    for groups in ((), ("vip",)):
        await stocked.set_groups()(member, groups)
        for path in (LIST, PAGE):
            shown = await client.get(path)
            assert "private" in shown.headers["cache-control"]
            seen.append(("150.00" in shown.text, "会员专享" in shown.text))
    assert seen == [(False, False), (False, False), (True, True), (True, True)]
    client.cookies.clear()
    shown = await client.get(LIST)
    assert "150.00" not in shown.text
    assert shown.headers["cache-control"].startswith("public")


async def test_staff_see_which_price_applied_when(reduced: Shop, world: World) -> None:
    path = f"{API}/admin/prices/CELADON-TEAPOT-S/history"
    answer = await world.client.get(path, headers=world.staff)
    rows = answer.json()["rows"]
    assert (rows[0]["price"]["minor"], rows[0]["source"]) == (8400, "half")
    assert (rows[0]["prior"]["minor"], rows[0]["prior_basis"]) == (16800, "lowest_deal")
    assert rows[0]["ends_at"] is None
    assert len(rows) == len(await history(reduced))
    assert (await world.client.get(path)).status_code == 401
    first = (await world.client.get(f"{path}?limit=1", headers=world.staff)).json()
    rest = await world.client.get(f"{path}?cursor={first['cursor']}", headers=world.staff)
    assert [*first["rows"], *rest.json()["rows"]] == rows
