"""The coupon centre, the coupons of a member, and the choice of a coupon in the cart."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest

from core.domain.identifiers import CustomerId
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.accounts import PASSWORD, a_member
from tests.domain.pricing.shop import amount, at_least, goods_off
from tests.web.browsing import CHOICE, one_time

pytestmark = pytest.mark.anyio

LOGIN = "mei@example.com"
LABEL = Text({"zh": "见面礼", "en": "Welcome gift"})


async def offer_coupons(shop: Shop, code: str = "welcome", **details: object) -> None:
    batch = {"promotion": "welcome", "kind": CouponKind.CLAIMED, "label": LABEL, **details}
    await shop.create_coupon_batch()(CouponBatch(code=code, **batch))  # type: ignore[arg-type]


async def sign_in(shop: Shop, client: httpx.AsyncClient) -> CustomerId:
    member = await a_member(shop, LOGIN)
    signed_in = await client.post("/en/login", data={"login": LOGIN, "password": PASSWORD})
    assert signed_in.status_code == 303
    return CustomerId(member.id)


@pytest.fixture(autouse=True)
async def _promotion(stocked: Shop) -> None:
    await stocked.save_promotion()(
        {
            "code": "welcome",
            "label": LABEL.by_language,
            "lane": "coupon",
            "by_coupon": True,
            "condition": at_least("100"),
            "benefits": [goods_off(amount("15"))],
        }
    )
    await stocked.move_promotion()("welcome", PromotionMove.ACTIVATE)


async def test_a_visitor_sees_the_offers_and_signs_in_to_take_one(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    ends_at = datetime(2027, 1, 1, tzinfo=UTC)
    await offer_coupons(stocked, size=3, valid_days=7, ends_at=ends_at)
    page = (await client.get("/en/coupons")).text
    assert "CN¥15.00 off. For goods from CN¥100.00." in page
    assert 'data-left="3"' in page
    assert "Until 2027-01-01 08:00" in page
    assert "Valid for 7 days after you take it" in page
    assert 'href="/en/login?next=/en/coupons"' in page
    assert "立减 ¥15.00。满 ¥100.00 可用。" in (await client.get("/zh/coupons")).text
    refused = await client.post("/en/coupons/welcome", data=one_time())
    assert unescape(refused.headers["location"]) == "/en/login?next=/en/coupons"
    assert 'data-left="3"' in (await client.get("/en/coupons")).text


async def test_a_member_takes_a_coupon_and_the_page_says_so(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await offer_coupons(stocked, size=3)
    await sign_in(stocked, client)
    taken = await client.post("/en/coupons/welcome", data=one_time())
    assert (taken.status_code, taken.headers["location"]) == (303, "/en/coupons")
    page = (await client.get("/en/coupons")).text
    assert 'data-taken="1"' in page
    assert 'data-left="2"' in page
    assert 'action="/en/coupons/welcome"' not in page
    again = await client.post("/en/coupons/welcome", data=one_time())
    assert again.status_code == 409
    assert "You have this coupon already." in again.text


async def test_the_last_coupon_is_gone_for_the_next_member(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await offer_coupons(stocked, size=1)
    other = await a_member(stocked, "other@example.com")
    await stocked.claim_coupon()("welcome", CustomerId(other.id))
    await sign_in(stocked, client)
    gone = await client.post("/en/coupons/welcome", data=one_time())
    assert gone.status_code == 409
    assert "There are no coupons to take now." in gone.text


async def test_own_coupons_are_listed_as_valid_used_or_expired(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    member = await sign_in(stocked, client)
    await offer_coupons(stocked, "running")
    await offer_coupons(stocked, "ended", ends_at=datetime.now(UTC) + timedelta(days=1))
    for code in ("running", "ended"):
        await stocked.claim_coupon()(code, member)
    await stocked.end_coupon_batch()("ended")
    page = (await client.get("/en/account/coupons")).text
    assert re.findall(r'data-coupon="(\w+)"', page) == ["valid", "expired"]
    assert "No coupon was used yet." in page
    assert page.count('href="/en/search"') == 1


async def test_a_member_picks_an_own_coupon_in_the_cart(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    member = await sign_in(stocked, client)
    await offer_coupons(stocked)
    await stocked.claim_coupon()("welcome", member)
    await client.post("/en/p/celadon-teapot", data=CHOICE)
    cart = (await client.get("/en/cart")).text
    (code,) = re.findall(r'name="coupon" value="([^"]+)"', cart)
    await client.post("/en/cart/coupons", data={"coupon": code})
    cart = (await client.get("/en/cart")).text
    assert 'data-coupon="applied"' in cart
    assert "data-own-coupon" not in cart
    assert re.findall(r'<dt data-source="(\w+)">', cart) == ["welcome"]
