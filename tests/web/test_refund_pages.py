"""What people see of refunds: units that are not sent, and refunds that need a person."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from core.application.orders.checkout import PlacedOrder
from entrepot.assembly.shop import Shop
from ports.errors import Rejected
from tests.application.test_failed_refunds import MoodyBank
from tests.application.test_returns import GOODWILL, buy, details, inspected_return
from tests.application.test_returns import ship_and_deliver as ship_and_deliver_all
from tests.bank import LINE
from tests.web.api_client import API
from tests.web.browsing import one_time

pytestmark = pytest.mark.anyio

LOGIN = {"login": "boss@example.com", "password": "correct horse"}


@pytest.fixture
async def bank(client: httpx.AsyncClient, stocked: Shop) -> MoodyBank:
    """A bank that refuses refunds, and staff who are signed in to the back office."""
    bank = MoodyBank()
    stocked.gateways().by_code["bank"] = bank  # type: ignore[index]
    bank.mood = Rejected("the card is closed")
    await stocked.add_staff()(LOGIN["login"], LOGIN["password"], "Boss")
    await client.post("/en/admin/login", data=LOGIN)
    return bank


async def failed_return(shop: Shop, bank: MoodyBank) -> tuple[PlacedOrder, str]:
    """An order with a return whose refund has failed, and the reference of the refund."""
    placed = await buy(shop, bank)
    await ship_and_deliver_all(shop, placed)
    return_ = await inspected_return(shop, placed, details())
    await shop.refund_return()(return_.id, "staff")
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    return placed, refund.reference


async def test_a_failed_refund_is_shown_and_retried_in_the_back_office(
    client: httpx.AsyncClient, stocked: Shop, bank: MoodyBank
) -> None:
    assert 'data-refunds="0"' in (await client.get("/en/admin")).text
    placed, reference = await failed_return(stocked, bank)
    assert 'data-refunds="1"' in (await client.get("/en/admin")).text
    listed = (await client.get("/en/admin/returns")).text
    assert f"/en/admin/orders/{placed.number}#refunds" in listed
    assert "the card is closed" in listed
    order = f"/en/admin/orders/{placed.number}"
    page = (await client.get(order)).text
    assert 'data-refund="failed"' in page
    assert f"{order}/refunds/{reference}/replace" in page
    assert 'data-return="refund_pending"' in page
    bank.mood = None
    assert (
        await client.post(f"{order}/refunds/{reference}/nope", data=one_time())
    ).status_code == 404
    retried = await client.post(f"{order}/refunds/{reference}/retry", data=one_time())
    assert retried.headers["location"] == f"{order}?done=retry"
    await stocked.send_refunds()()
    page = (await client.get(order)).text
    assert 'data-refund="succeeded"' in page
    assert 'data-return="refunded"' in page
    assert f"{order}/refunds/{reference}/retry" not in page
    refused = await client.post(f"{order}/refunds/{reference}/replace", data=one_time())
    assert refused.status_code == 409


async def test_staff_record_that_they_returned_the_money_another_way(
    client: httpx.AsyncClient, stocked: Shop, bank: MoodyBank
) -> None:
    placed, reference = await failed_return(stocked, bank)
    order = f"/en/admin/orders/{placed.number}"
    assert (
        await client.post(f"{order}/refunds/{reference}/replace", data=one_time())
    ).status_code == 303
    page = (await client.get(order)).text
    assert 'data-refund="replaced"' in page
    assert 'data-return="refunded"' in page


async def test_units_that_are_not_sent_are_shown_to_buyer_and_staff(
    client: httpx.AsyncClient, stocked: Shop, bank: MoodyBank
) -> None:
    placed = await buy(stocked, bank)
    await stocked.request_refund()(placed.id, replace(GOODWILL, quantities={LINE: 1}))
    office = (await client.get(f"/en/admin/orders/{placed.number}")).text
    shop = (await client.get(f"/en/orders/{placed.number}?key={placed.access_token}")).text
    for page in (office, shop):
        assert 'data-refunded="1"' in page
        assert "1 not sent" in page
    assert f'name="refund-{LINE}"' in office
    shipment = one_time(carrier="sf", tracking_number="SF1234567890", **{f"ship-{LINE}": "2"})
    refused = await client.post(f"/en/admin/orders/{placed.number}/ship", data=shipment)
    assert refused.status_code == 422
    assert "Only 1 of" in refused.text


async def test_the_api_lists_retries_and_replaces_failed_refunds(
    client: httpx.AsyncClient, stocked: Shop, bank: MoodyBank
) -> None:
    placed, reference = await failed_return(stocked, bank)
    session = await client.post(f"{API}/staff-sessions", json=LOGIN)
    staff = {"authorization": f"Bearer {session.json()['token']}"}

    async def refund(path: str) -> Any:
        address = f"{API}/admin/orders/{placed.number}/refunds/{reference}/{path}"
        return (await client.post(address, headers=staff)).json()

    (row,) = (await client.get(f"{API}/admin/refunds", headers=staff)).json()
    assert (row["order"], row["refund"]["reference"]) == (placed.number, reference)
    assert (await refund("retry"))["state"] == "requested"
    assert (await refund("replace"))["code"] == "illegal_transition"
    await stocked.send_refunds()()
    assert (await refund("replace"))["state"] == "replaced"
    assert (await client.get(f"{API}/admin/refunds", headers=staff)).json() == []
    order = (await client.get(f"{API}/admin/orders/{placed.number}", headers=staff)).json()
    assert [(each["refunded"], each["cancelled"]) for each in order["lines"]] == [(1, 0)]


async def test_the_balances_of_an_order_are_shown_to_staff(
    client: httpx.AsyncClient, stocked: Shop, bank: MoodyBank
) -> None:
    bank.mood = None
    placed = await buy(stocked, bank)
    await stocked.request_refund()(placed.id, replace(GOODWILL, quantities={LINE: 1}))
    page = (await client.get(f"/en/admin/orders/{placed.number}")).text
    assert 'data-cover="full"' in page
    assert "Cancelled or returned items" in page
    assert "Refund pending" in page
    assert "Charge pending" not in page
    session = await client.post(f"{API}/staff-sessions", json=LOGIN)
    staff = {"authorization": f"Bearer {session.json()['token']}"}
    order = (await client.get(f"{API}/admin/orders/{placed.number}", headers=staff)).json()
    assert order["money"]["balances"]["charged"]["minor"] == 16_800
    assert order["money"]["balances"]["refund_pending"]["minor"] == 16_800
    assert order["money"]["outstanding"]["minor"] == 0
    (payment,) = order["payments"]
    assert (payment["gateway"], payment["state"]) == ("bank", "paid")
    buyer = await client.get(
        f"{API}/orders/{placed.number}", headers={"order-token": placed.access_token}
    )
    assert "money" not in buyer.json()


async def test_a_chargeback_is_recorded_and_reinstated_in_the_back_office(
    client: httpx.AsyncClient, stocked: Shop, bank: MoodyBank
) -> None:
    placed = await buy(stocked, bank)
    (payment,) = await stocked.order_queries().payments(placed.id)
    order = f"/en/admin/orders/{placed.number}"
    fields = {"payment": payment.reference, "case": "D-1"}
    refused = await client.post(f"{order}/chargebacks", data=one_time(**fields, taken="337"))
    assert refused.status_code == 422
    assert "Only" in refused.text
    assert 'value="D-1"' in refused.text
    done = await client.post(f"{order}/chargebacks", data=one_time(**fields, taken="300"))
    assert done.headers["location"] == f"{order}?done=chargeback"
    page = (await client.get(order)).text
    assert 'data-chargeback="D-1"' in page
    assert 'data-cover="partial"' in page
    reinstate = f"{order}/payments/{payment.reference}/chargebacks/D-1/reinstate"
    assert reinstate in page
    assert (await client.post(reinstate, data=one_time())).status_code == 303
    page = (await client.get(order)).text
    assert "The bank gave the money back." in page
    assert reinstate not in page
    assert 'data-cover="full"' in page


async def test_the_api_records_chargebacks_and_refunds_that_came_back(
    client: httpx.AsyncClient, stocked: Shop, bank: MoodyBank
) -> None:
    bank.mood = None
    placed = await buy(stocked, bank)
    (payment,) = await stocked.order_queries().payments(placed.id)
    session = await client.post(f"{API}/staff-sessions", json=LOGIN)
    staff = {"authorization": f"Bearer {session.json()['token']}"}
    order = f"{API}/admin/orders/{placed.number}"
    cases = f"{order}/payments/{payment.reference}/chargebacks"
    for _ in range(2):
        answer = await client.post(cases, json={"case": "D-1", "taken": 30_000}, headers=staff)
        assert (answer.status_code, answer.json()["outstanding"]["minor"]) == (201, 30_000)
    other = await client.post(cases, json={"case": "D-1", "taken": 1}, headers=staff)
    assert other.json()["code"] == "already_exists"
    (shown,) = (await client.get(order, headers=staff)).json()["payments"]
    assert [(each["case"], each["reinstated"]) for each in shown["chargebacks"]] == [("D-1", False)]
    answer = await client.post(f"{cases}/D-1/reinstate", headers=staff)
    assert answer.json()["charge_status"] == "full"
    requested = await client.post(f"{order}/refunds", json={"amount": 100}, headers=staff)
    await stocked.send_refunds()()
    reverse = f"{order}/refunds/{requested.json()['reference']}/reverse"
    assert (await client.post(reverse, headers=staff)).json()["state"] == "reversed"
