"""Holds of an order in the back office, on the buyer's page and in the API."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from core.domain.orders.holds import Blocked, Hold
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.application.test_returns import buy
from tests.bank import Bank
from tests.web.api_client import API
from tests.web.browsing import one_time

pytestmark = pytest.mark.anyio

LOGIN = {"login": "boss@example.com", "password": "correct horse"}
FORM = {"reason": "Waiting for your approval", "block-ship": "1", "hours": "48", "then": "lift"}


@pytest.fixture
async def signed_in(client: httpx.AsyncClient, stocked: Shop) -> None:
    await stocked.add_staff()(LOGIN["login"], LOGIN["password"], "Boss")
    await client.post("/en/admin/login", data=LOGIN)


@pytest.mark.usefixtures("signed_in")
async def test_staff_hold_an_order_and_the_buyer_sees_why(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    placed = await buy(stocked, bank)
    order = f"/en/admin/orders/{placed.number}"
    saved = await client.post(f"{order}/holds", data=one_time(**FORM))
    assert saved.headers["location"] == f"{order}?done=hold"
    page = (await client.get(order)).text
    assert "Waiting for your approval" in page
    assert f"{order}/ship" not in page
    shown = await client.get(f"/en/orders/{placed.number}?key={placed.access_token}")
    assert "Waiting for your approval" in shown.text
    assert "We will ship it soon" not in shown.text
    (lift,) = re.findall(r'action="([^"]*/holds/[^"]*/lift)"', page)
    await client.post(lift, data=one_time())
    page = (await client.get(order)).text
    assert "data-hold" not in page
    assert f"{order}/ship" in page


@pytest.mark.usefixtures("signed_in")
async def test_staff_see_and_lift_the_hold_of_a_plugin(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    placed = await buy(stocked, bank)
    hold = Hold(code="group", blocks=frozenset({Blocked.SHIP}), reason=Text({"en": "Not full yet"}))
    await stocked.shop_adapters()("order_actions", "group_buy").place_hold(placed.id, hold, "k1")
    order = f"/en/admin/orders/{placed.number}"
    page = (await client.get(order)).text
    assert "Not full yet" in page
    assert "Plugin group_buy" in page
    (lift,) = re.findall(r'action="([^"]*/holds/[^"]*/lift)"', page)
    await client.post(lift, data=one_time())
    assert "data-hold" not in (await client.get(order)).text


@pytest.mark.usefixtures("signed_in")
async def test_a_wrong_hold_is_shown_again_with_what_was_typed(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    placed = await buy(stocked, bank)
    holds = f"/en/admin/orders/{placed.number}/holds"
    for wrong, message in (
        ({"block-ship": ""}, "Choose what the hold blocks."),
        ({"reason": " "}, "This field is required."),
        ({"hours": "soon"}, "is not a whole number"),
        ({"hours": "", "then": "cancel_and_refund"}, "Enter when this hold ends."),
    ):
        refused = await client.post(holds, data=one_time(**{**FORM, **wrong}))
        assert refused.status_code == 422
        assert message in refused.text
        assert ("Waiting for your approval" in refused.text) is ("reason" not in wrong)


async def test_the_api_places_and_lifts_holds(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    await stocked.add_staff()(LOGIN["login"], LOGIN["password"], "Boss")
    token = (await client.post(f"{API}/staff-sessions", json=LOGIN)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    placed = await buy(stocked, bank)
    hold = f"{API}/admin/orders/{placed.number}/holds/fraud-review"
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"blocks": ["ship"], "reason": {"en": "Under review"}, "until": until}
    for _ in range(2):
        shown = await client.put(hold, json=body, headers=headers)
        assert shown.status_code == 200
        assert [each["code"] for each in shown.json()["holds"]] == ["fraud-review"]
    other = await client.put(hold, json={**body, "blocks": ["pay_out"]}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")
    parcel = {"carrier": "sf", "tracking_number": "SF1234567890"}
    shipments = f"{API}/admin/orders/{placed.number}/shipments"
    refused = await client.post(shipments, json=parcel, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "order_held")
    assert (await client.delete(hold, headers=headers)).json()["holds"] == []
    assert (await client.delete(hold, headers=headers)).status_code == 404
    assert (await client.post(shipments, json=parcel, headers=headers)).status_code == 201
