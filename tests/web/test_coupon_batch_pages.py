"""Staff keep batches of coupons in the back office."""

import httpx
import pytest

from core.domain.staff import CLERK
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from tests.web.test_promotion_pages import sign_in

pytestmark = pytest.mark.anyio
LIST = "/en/admin/coupon-batches"
SPRING = f"{LIST}/spring"
FIELDS = {"code": "spring", "promotion": "ten-off", "label-en": "Spring", "label-zh": "春"}


async def test_codes_are_made_downloaded_once_and_revoked(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.save_promotion()({**TEN_OFF, "by_coupon": True})
    await sign_in(client, stocked)
    wrong = await client.post(LIST, data={**FIELDS, "size": "-1", "words": "<b>"})
    assert wrong.status_code == 422
    assert "&lt;b&gt;" in wrong.text
    unknown = await client.post(LIST, data={**FIELDS, "promotion": "none"})
    assert (unknown.status_code, "no promotion “none”" in unknown.text) == (422, True)
    created = await client.post(LIST, data=FIELDS)
    assert created.headers["location"] == f"{SPRING}?done=saved"
    assert "Spring" in (await client.get(LIST)).text
    made = await client.post(f"{SPRING}/codes", data={"made": "0", "count": "3"})
    assert made.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = made.text.splitlines()
    assert (header, len(rows)) == ("batch,number,code", 3)
    again = await client.post(f"{SPRING}/codes", data={"made": "0", "count": "3"})
    assert again.status_code == 409
    assert (await client.post(f"{SPRING}/codes", data={"count": "0"})).status_code == 422
    code = rows[0].split(",")[2]
    revoked = await client.post(f"{SPRING}/revoke", data={"code": code})
    assert revoked.headers["location"] == f"{SPRING}?done=revoked"
    unknown = await client.post(f"{SPRING}/revoke", data={"code": "<i>"})
    assert unknown.status_code == 404
    ended = await client.post(f"{SPRING}/end")
    assert ended.headers["location"] == f"{SPRING}?done=ended"
    assert 'data-state="ended"' in (await client.get(SPRING)).text


async def test_clerks_see_batches_and_do_not_change_them(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await sign_in(client, stocked, CLERK)
    assert (await client.get(LIST)).status_code == 200
    assert (await client.post(LIST, data=FIELDS)).status_code == 403


async def test_the_page_of_a_promotion_names_its_batches_before_its_end(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.save_promotion()({**TEN_OFF, "by_coupon": True})
    await sign_in(client, stocked)
    page = "/en/admin/promotions/ten-off"
    assert "will open nothing" not in (await client.get(page)).text
    await client.post(LIST, data=FIELDS)
    assert "will open nothing: spring." in (await client.get(page)).text
