"""What buyers and staff see of orders that are paid together, and of instalments."""

import re

import httpx
import pytest

from core.domain.money import Money
from entrepot.assembly.shop import Shop
from tests.application.test_instalments import place_in_parts
from tests.application.test_purchases import report_paid
from tests.bank import BACK, Bank, place
from tests.web.api_client import API

pytestmark = pytest.mark.anyio

LOGIN = {"login": "boss@example.com", "password": "correct horse"}


@pytest.fixture
async def staff(client: httpx.AsyncClient, stocked: Shop) -> dict[str, str]:
    """Staff who are signed in to the back office, and the headers of their API session."""
    await stocked.add_staff()(LOGIN["login"], LOGIN["password"], "Boss")
    await client.post("/en/admin/login", data=LOGIN)
    session = await client.post(f"{API}/staff-sessions", json=LOGIN)
    return {"authorization": f"Bearer {session.json()['token']}"}


def due_on(page: str) -> str:
    (due,) = re.findall(r'data-due="(\d+)"', page)
    return str(due)


async def test_the_buyer_sees_which_orders_are_paid_together(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank, staff: dict[str, str]
) -> None:
    one, two = await place(stocked, "one"), await place(stocked, "two", quantity=2)
    alone = (await client.get(f"/en/orders/{one.number}?key={one.access_token}")).text
    assert 'id="purchase"' not in alone
    assert "data-due" not in alone
    await stocked.combine_orders()([one.id, two.id])
    page = (await client.get(f"/en/orders/{one.number}?key={one.access_token}")).text
    assert f"/en/orders/{two.number}?key={two.access_token}" in page
    assert due_on(page) == "50400"
    headers = {"order-token": one.access_token}
    orders = (await client.get(f"{API}/orders/{one.number}/purchase", headers=headers)).json()
    assert [(each["number"], each["due"]["minor"]) for each in orders] == [
        (one.number, 16_800),
        (two.number, 33_600),
    ]
    first, second = [
        (await client.get(f"{API}/admin/orders/{each.number}", headers=staff)).json()
        for each in (one, two)
    ]
    assert first["purchase"] == second["purchase"]
    await stocked.start_payment()(one.id, BACK)
    await report_paid(stocked, bank)
    office = (await client.get(f"/en/admin/orders/{two.number}")).text
    assert f"/en/admin/orders/{one.number}" in office
    assert "336.00 for this order" in office
    paid = (await client.get(f"{API}/admin/orders/{two.number}", headers=staff)).json()
    (payment,) = paid["payments"]
    assert (payment["amount"]["minor"], payment["share"]["minor"]) == (50_400, 33_600)


async def test_the_buyer_sees_what_is_paid_and_what_is_due(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank, staff: dict[str, str]
) -> None:
    placed = await place_in_parts(stocked)
    address = f"/en/orders/{placed.number}?key={placed.access_token}"
    page = (await client.get(address)).text
    assert "Payment 1 of 2" in page
    assert due_on(page) == "6800"
    await stocked.start_payment()(placed.id, BACK)
    assert 'data-waiting="5"' in (await client.get(address)).text
    await report_paid(stocked, bank)
    page = (await client.get(address)).text
    assert "data-waiting" not in page
    assert "Instalment paid" in page
    assert due_on(page) == "10000"
    headers = {"order-token": placed.access_token}
    order = (await client.get(f"{API}/orders/{placed.number}", headers=headers)).json()
    assert order["due"] == {"minor": 10_000, "currency": "CNY"}
    assert [bool(each["paid_at"]) for each in order["instalments"]] == [True, False]
    office = (await client.get(f"/en/admin/orders/{placed.number}")).text
    assert 'data-instalment="balance"' in office
    assert 'data-cover="partial"' in office
    shown = (await client.get(f"{API}/admin/orders/{placed.number}", headers=staff)).json()
    assert [each["instalment"] for each in shown["payments"]] == ["deposit"]
    await stocked.cancel_order()(placed.id, "customer")
    (refund,) = (await client.get(f"{API}/orders/{placed.number}/refunds", headers=headers)).json()
    assert (refund["instalment"], refund["amount"]["minor"]) == ("deposit", 6_800)
    assert Money(6_800, "CNY") == bank.asked[-1].amount
