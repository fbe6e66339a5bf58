"""The lists of the back office: filters and the order in the address, cursors, CSV files."""

import csv
import re
from dataclasses import replace
from html import unescape
from io import StringIO

import httpx
import pytest

from adapters.web.admin.listings.files import harmless
from adapters.web.admin.listings.slices import cut_out
from core.domain.money import Money
from core.domain.returns import Remedy, ReturnInput, ReturnReason
from entrepot.assembly.shop import Shop
from ports.admin.listings import ListingQuery, Row, SortBy
from ports.errors import Rejected
from ports.orders import OrderCriteria
from ports.pagination import Slice
from tests.bank import CART, LINE, PARCEL, Bank, pay, place
from tests.factories import a_draft, stock_up
from tests.web.test_promotion_pages import sign_in

pytestmark = pytest.mark.anyio

NUMBER = re.compile(r'href="/en/admin/orders/(\d+)"')


def csv_rows(response: httpx.Response) -> list[list[str]]:
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(StringIO(response.text.removeprefix("\ufeff"))))


def link_to(page: str, label: str) -> str:
    (address,) = re.findall(rf'href="([^"]*)"[^>]*>\s*{label}', page)
    return unescape(address)


async def test_orders_are_paged_in_both_directions_and_orders(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await sign_in(client, stocked)
    placed = [(await place(stocked, f"{CART}{each}")).number for each in range(5)]
    part = Slice(limit=2, descending=True)
    queries = stocked.order_queries()
    first = await queries.listed(OrderCriteria(), part, "en")
    following = replace(part, cursor=first.next)
    second = await queries.listed(OrderCriteria(), following, "en")
    back = await queries.listed(OrderCriteria(), replace(part, cursor=second.previous), "en")
    shown = [[each.number for each in page.rows] for page in (first, second, back)]
    assert shown == [placed[:2:-1], placed[2:0:-1], placed[:2:-1]]
    assert (first.previous, back.previous, bool(back.next)) == ("", "", True)
    with pytest.raises(Rejected):
        await queries.listed(OrderCriteria(), Slice(limit=2, cursor="x"), "en")
    page = (await client.get("/en/admin/orders?sort=placed_at")).text
    assert NUMBER.findall(page) == placed
    turned = (await client.get(link_to(page, "Placed on"))).text
    assert NUMBER.findall(turned) == placed[::-1]


async def test_the_filters_of_orders_stand_in_the_address(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    await sign_in(client, stocked)
    paid, open_order = await place(stocked), await place(stocked, f"{CART}2")
    await pay(stocked, bank, paid.id)
    day = stocked.now()().date().isoformat()
    for query, expected in (
        ("state=paid", {paid.number}),
        ("state=placed", {open_order.number}),
        ("state=nonsense&sort=nonsense&placed-since=x", {paid.number, open_order.number}),
        (f"q={open_order.number}", {open_order.number}),
        ("placed-since=2000-01-01&placed-until=2000-12-31", set()),
        (f"placed-since={day}", {paid.number, open_order.number}),
    ):
        page = (await client.get(f"/en/admin/orders?{query}")).text
        assert set(NUMBER.findall(page)) == expected, query
    page = (await client.get("/en/admin/orders?state=paid&sort=placed_at")).text
    assert '<option value="paid" selected>' in page
    assert link_to(page, "Download as CSV") == (
        "/en/admin/orders?state=paid&sort=placed_at&export=csv"
    )
    header, *rows = csv_rows(await client.get(link_to(page, "Download as CSV")))
    assert header == ["Order no.", "Placed on", "Status", "Items", "Total", "Total (Currency)"]
    assert [row[0] for row in rows] == [paid.number]
    assert rows[0][4:] == ["168.00", "CNY"]


async def test_open_returns_are_listed_and_closed_ones_by_their_state(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    await sign_in(client, stocked)
    placed = await place(stocked)
    await pay(stocked, bank, placed.id)
    await stocked.ship_order()(placed.id, PARCEL, "test")
    await stocked.deliver_order()(placed.id, "test")
    request = ReturnInput(
        quantities={LINE: 1}, reason=ReturnReason.DAMAGED, remedy=Remedy.REFUND, note="<b>"
    )
    returned = await stocked.request_return()(placed.id, request)
    page = (await client.get("/en/admin/returns")).text
    assert f"/returns/{placed.number}/{returned.number}" in page
    assert (await client.get("/en/admin/returns?state=refunded")).text.count(returned.number) == 0


async def test_every_list_of_the_shop_has_a_csv_file(
    client: httpx.AsyncClient, stocked: Shop, subtests: pytest.Subtests
) -> None:
    await sign_in(client, stocked)
    for path in (
        "orders",
        "products",
        "returns",
        "promotions",
        "coupon-batches",
        "price-lists",
        "privacy",
        "tax-rates",
        "reconciliations?reports-",
    ):
        with subtests.test(path=path):
            name, _, prefix = path.partition("?")
            assert (await client.get(f"/zh/admin/{name}")).status_code == 200
            header, *_ = csv_rows(await client.get(f"/zh/admin/{name}?{prefix}export=csv"))
            assert len(header) > 3


async def test_products_are_exported_whole(
    client: httpx.AsyncClient, stocked: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(client, stocked)
    await stock_up(stocked, *(a_draft(f"pot-{number}") for number in range(7)))
    monkeypatch.setattr("adapters.web.admin.listings.files.FILE_PAGE_SIZE", 3)
    _, *rows = csv_rows(await client.get("/en/admin/products?export=csv&q=pot-"))
    assert sorted(row[1] for row in rows) == [f"pot-{number}" for number in range(7)]


def test_a_short_list_is_sorted_and_cut_in_memory() -> None:
    rows = [
        Row(key=str(number), cells={"worth": Money(number * 7 % 5, "CNY")}) for number in range(5)
    ]
    query = ListingQuery(sort=SortBy("worth", descending=True), limit=2)
    first = cut_out(rows, query)
    assert [row.cells["worth"] for row in first.rows] == [Money(4, "CNY"), Money(3, "CNY")]
    assert (first.next, first.previous, first.total) == ("2", "", 5)
    last = cut_out(rows, ListingQuery(cursor="4", limit=2))
    assert (len(last.rows), last.next, last.previous) == (1, "", "2")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
