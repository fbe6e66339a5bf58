"""The back-office page with the emails about orders."""

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.web.keyed_requests import STAFF

pytestmark = pytest.mark.anyio


async def test_staff_see_each_email_in_both_languages(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_staff()(STAFF["login"], STAFF["password"], "Boss")
    await client.post("/en/admin/login", data=STAFF)
    page = (await client.get("/en/admin/emails")).text
    assert "Thank you for your order 2026112700000017" in page
    assert "订单 2026112700000017 付款成功" in page
    assert "the shop sends no emails" in page
