"""Staff keep price lists and tax rates in the back office."""

import httpx
import pytest

from core.domain.pricing.adjustments import Lane
from core.domain.staff import CLERK
from entrepot.assembly.shop import Shop
from tests.web.browsing import one_time
from tests.web.html_forms import submitted
from tests.web.test_promotion_pages import sign_in

pytestmark = pytest.mark.anyio
LISTS = "/en/admin/price-lists"
VIP = f"{LISTS}/vip"
RATES = "/en/admin/tax-rates"
POT = "CELADON-TEAPOT-S"
CSV = f"list,sku,quantity,price\r\nvip,{POT},1,150.00\r\nvip,{POT},10,140.00\r\n"
FIELDS = {
    "rank": "contract",
    "groups": "vip, gold",
    "countries": "cn",
    "starts_at": "2026-11-11T00:00",
    "closes-coupon": "1",
}


async def test_a_price_list_is_created_and_changed(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await sign_in(client, stocked)
    wrong = await client.post(LISTS, data={**FIELDS, "code": "<b>"})
    assert wrong.status_code == 422
    assert 'value="&lt;b&gt;"' in wrong.text
    assert 'value="vip, gold"' in wrong.text
    created = await client.post(LISTS, data={**FIELDS, "code": "vip"})
    assert created.headers["location"] == f"{VIP}?done=saved"
    again = await client.post(LISTS, data={"code": "vip"})
    assert (again.status_code, "is already in use" in again.text) == (409, True)
    abroad = await client.post(LISTS, data={"code": "eu", "countries": "Europe"})
    assert (abroad.status_code, "“EUROPE” is not a country" in abroad.text) == (422, True)
    (summary,) = await stocked.pricing_queries().price_lists()
    assert summary.price_list.groups == {"vip", "gold"}
    assert summary.price_list.closes == {Lane.COUPON}
    assert summary.price_list.rank.name == "CONTRACT"
    page = (await client.get(VIP)).text
    for shown in ('value="gold vip"', 'value="CN"', 'value="2026-11-11T00:00:00"'):
        assert shown in page
    late = await client.post(VIP, data={**FIELDS, "version": "1", "starts_at": "soon"})
    assert late.status_code == 422
    changed = await client.post(VIP, data={"version": "1"})
    assert changed.status_code == 303
    late = await client.post(VIP, data={"version": "1", "groups": "gold", "countries": "DE"})
    assert late.status_code == 409
    assert "Another person saved this page meanwhile." in late.text
    assert "Saved meanwhile: empty" in late.text
    kept = submitted(late.text, VIP)
    assert (kept["groups"], kept["countries"], kept["version"]) == ("gold", "DE", "2")
    assert (await client.get(f"{LISTS}/none")).status_code == 404


async def test_the_prices_of_a_list_leave_and_return_as_csv(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await sign_in(client, stocked)
    await client.post(LISTS, data={"code": "vip"})
    replaced = await client.post(f"{VIP}/prices", data=one_time(prices=CSV, version="1"))
    assert replaced.headers["location"] == f"{VIP}?done=prices#prices"
    assert "¥140.00" in (await client.get(VIP)).text
    file = await client.get(f"{VIP}/prices.csv")
    assert (file.text, file.headers["content-type"]) == (CSV, "text/csv; charset=utf-8")
    rows = one_time(prices=CSV + "vip,<x>,1,1\n", version="2")
    wrong = await client.post(f"{VIP}/prices", data=rows)
    assert wrong.status_code == 422
    assert "Line 4: There is no SKU “&lt;x&gt;”." in wrong.text
    assert "vip,&lt;x&gt;,1,1" in wrong.text
    assert (await client.get(f"{VIP}/prices.csv")).text == CSV
    assert (await client.get(f"{LISTS}/none/prices.csv")).status_code == 404


async def send_file(
    client: httpx.AsyncClient, content: bytes, version: str, **fields: str
) -> httpx.Response:
    return await client.post(
        f"{VIP}/prices",
        data=one_time(version=version, **fields),
        files={"file": ("prices.csv", content, "text/csv")},
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
async def test_prices_are_sent_as_a_file(
    client: httpx.AsyncClient, stocked: Shop, encoding: str
) -> None:
    await sign_in(client, stocked)
    await client.post(LISTS, data={"code": "vip"})
    sent = await send_file(client, CSV.encode(encoding), "1")
    assert sent.headers["location"] == f"{VIP}?done=prices#prices"
    assert (await client.get(f"{VIP}/prices.csv")).text == CSV


async def test_a_file_that_cannot_be_used_changes_nothing(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await sign_in(client, stocked)
    await client.post(LISTS, data={"code": "vip"})
    assert (await send_file(client, CSV.encode(), "1")).status_code == 303
    late = await send_file(client, CSV.encode(), "1")
    assert (late.status_code, 'data-code="stale_version"' in late.text) == (409, True)
    for content, message in (
        (b"\0\1\2\3" * 100, "cannot be read"),
        (b"name,price\n", "The columns must be sku, quantity, price."),
        (f"sku,quantity,price\n{POT},1,9\n{POT},2\n".encode(), "Line 3: The row must have"),
        (b"x" * 3_000_001, "at most 3 MB"),
    ):
        refused = await send_file(client, content, "2")
        assert (refused.status_code, message in refused.text) == (422, True)
    both = await send_file(client, CSV.encode(), "2", prices="x")
    assert "not both" in both.text
    assert (await client.get(f"{VIP}/prices.csv")).text == CSV


async def price_list(client: httpx.AsyncClient, stocked: Shop) -> None:
    await sign_in(client, stocked)
    await client.post(LISTS, data={"code": "vip"})
    await client.post(f"{VIP}/prices", data=one_time(prices=CSV, version="1"))


async def change_table(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Send the table of the page, with ``fields`` filled in."""
    form = submitted((await client.get(VIP)).text, f"{VIP}/prices/changes")
    return await client.post(f"{VIP}/prices/changes", data={**form, **fields})


async def test_prices_are_edited_in_the_table(client: httpx.AsyncClient, stocked: Shop) -> None:
    await price_list(client, stocked)
    changed = await change_table(
        client,
        **{f"price:1:{POT}": "151", f"remove:10:{POT}": "1"},
        **{"new-sku-1": POT, "new-quantity-1": "50", "new-price-1": "120"},
    )
    assert changed.headers["location"] == f"{VIP}?done=prices&q=&cursor=#prices"
    expected = f"list,sku,quantity,price\r\nvip,{POT},1,151.00\r\nvip,{POT},50,120.00\r\n"
    assert (await client.get(f"{VIP}/prices.csv")).text == expected
    page = (await client.get(f"{VIP}?q=teapot-s")).text
    assert "¥168.00" in page
    assert "Celadon teapot" in page
    assert "¥151.00" not in (await client.get(f"{VIP}?q=CUP")).text


async def test_a_refused_table_keeps_what_was_written(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await price_list(client, stocked)
    wrong = {f"price:1:{POT}": "<b>", "new-sku-0": "CUP", "new-price-0": "5"}
    refused = await change_table(client, **wrong)
    assert refused.status_code == 422
    for kept in ('value="&lt;b&gt;"', 'value="CUP"', "“&lt;b&gt;” is not an amount"):
        assert kept in refused.text
    assert (await client.get(f"{VIP}/prices.csv")).text == CSV


async def test_the_second_of_two_editors_of_a_price_is_warned(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await price_list(client, stocked)
    action = f"{VIP}/prices/changes"
    first = submitted((await client.get(VIP)).text, action)
    second = submitted((await client.get(VIP)).text, action)
    changes = {f"price:1:{POT}": "155", f"remove:10:{POT}": "1"}
    assert (await client.post(action, data={**first, **changes})).status_code == 303
    late = {**second, f"price:1:{POT}": "140", f"price:10:{POT}": "130"}
    refused = await client.post(action, data=late)
    assert refused.status_code == 422
    assert refused.text.count("Another person has changed this price.") >= 2
    again = submitted(refused.text, action)
    assert (again[f"was:1:{POT}"], again[f"price:1:{POT}"]) == ("155.00", "140")
    assert (again["new-sku-0"], again["new-quantity-0"], again["new-price-0"]) == (POT, "10", "130")
    assert (await client.post(action, data=again)).status_code == 303
    assert "140.00" in (await client.get(f"{VIP}/prices.csv")).text


async def test_a_tax_rate_is_added_and_removed(client: httpx.AsyncClient, stocked: Shop) -> None:
    await sign_in(client, stocked)
    rate = {"name": "cn-standard", "code": "vat", "label-zh": "增值税", "rate": "0.13"}
    wrong = await client.post(RATES, data={**rate, "rate": "13 %"})
    assert wrong.status_code == 422
    assert 'value="13 %"' in wrong.text
    assert (await client.post(RATES, data={**rate, "label-zh": ""})).status_code == 422
    assert (await client.post(RATES, data={**rate, "included": "0"})).status_code == 303
    rates = await stocked.pricing_queries().tax_rates()
    assert (rates["cn-standard"].tax_class, rates["cn-standard"].included) == ("standard", False)
    assert "cn-standard" in (await client.get(RATES)).text
    removed = await client.post(f"{RATES}/cn-standard/remove")
    assert removed.headers["location"] == f"{RATES}?done=removed"
    assert (await client.post(f"{RATES}/cn-standard/remove")).status_code == 404


async def test_clerks_see_prices_and_do_not_change_them(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await sign_in(client, stocked, CLERK)
    for page in (LISTS, RATES):
        assert (await client.get(page)).status_code == 200
        assert (await client.post(page, data={"code": "vip"})).status_code == 403
