"""Amounts with a decimal comma, in the forms of staff and in the filters of buyers."""

import re

import httpx
import pytest

from core.domain.money import Money
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.bank import BACK, Bank, notification, place

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

LOGIN = {"login": "boss@example.com", "password": "correct horse"}


@pytest.fixture
async def staff(client: httpx.AsyncClient, stocked: Shop) -> httpx.AsyncClient:
    await stocked.add_staff()(LOGIN["login"], LOGIN["password"], "Boss")
    await client.post("/en/admin/login", data=LOGIN)
    return client


@pytest.mark.parametrize(("written", "minor"), [("19,90", 1990), ("1,299.00", 129900)])
async def test_the_price_of_the_product_form_is_read_as_it_is_written(
    staff: httpx.AsyncClient, stocked: Shop, written: str, minor: int
) -> None:
    form = {"handle": "cup", "title-en": "Cup", "category": "teapots", "state": "draft"}
    saved = await staff.post(
        "/en/admin/products/new", data={**form, "variants": f"CUP | {written}"}
    )
    assert saved.status_code == 303
    async with stocked.units()() as unit:
        product = await unit.products.find("cup")
    assert product is not None
    assert product.variants[0].price == Money(minor, "CNY")
    wrong = await staff.post("/en/admin/products/new", data={**form, "variants": "CUP | 1,2,3"})
    assert wrong.status_code == 422


async def test_a_refund_of_a_decimal_comma_is_not_a_hundred_times_more(
    staff: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    placed = await place(stocked)
    await stocked.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await stocked.receive_notification()("bank", notification(bank.asked[-1].reference))
    address = f"/en/admin/orders/{placed.number}"
    page = (await staff.get(address)).text
    hidden = dict(re.findall(r'type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page))
    wrong = await staff.post(f"{address}/refund", data={**hidden, "amount": "1,2,3"})
    assert wrong.status_code == 422
    await staff.post(f"{address}/refund", data={**hidden, "amount": "1,50"})
    async with stocked.units()() as unit:
        refunds = await unit.refunds.list(placed.id)
    assert [refund.amount for refund in refunds] == [Money(150, "CNY")]


async def test_a_price_filter_reads_a_decimal_comma(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.index_products().all()
    for highest, found in (("168,00", True), ("167,99", False), ("16,800", True)):
        page = await client.get("/en/search", params={"q": "celadon", "price_max": highest})
        assert ("/en/p/celadon-teapot" in page.text) is found, highest
