"""Staff try a cart in the back office."""

import httpx
import pytest

from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.staff import CLERK
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from tests.web.test_promotion_pages import sign_in

pytestmark = pytest.mark.anyio
PAGE = "/en/admin/test-cart"
POT = "CELADON-TEAPOT-S"


async def test_clerks_see_what_applies_and_why_the_rest_does_not(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    far = {**TEN_OFF, "code": "far", "condition": {"kind": "group", "groups": ["vip"]}}
    for document in (TEN_OFF, far):
        await stocked.save_promotion()(document)
        await stocked.move_promotion()(str(document["code"]), PromotionMove.ACTIVATE)
    await sign_in(client, stocked, CLERK)
    assert 'name="sku-0"' in (await client.get(PAGE)).text
    typed = {"sku-0": POT, "quantity-0": "1", "shipping": "sf", "shipping_price": "12"}
    tried = (await client.get(PAGE, params=typed)).text
    assert "¥170.00" in tried  # 168 − 10 + 12
    assert "This offer is for other customers." in tried
    asked = {"groups": "vip, gold", "coupons": "<b>", "at": "2099-01-01T00:00"}
    other = (await client.get(PAGE, params={**typed, **asked})).text
    assert "This offer is for other customers." not in other
    assert "There is no such code." in other
    assert "&lt;b&gt;" in other


async def test_wrong_values_are_shown_again(client: httpx.AsyncClient, stocked: Shop) -> None:
    await sign_in(client, stocked)
    for name, text, message in (
        ("sku-0", "<x>", "There is no SKU “&lt;x&gt;”."),
        ("quantity-0", "-3", "“-3” is no number of units."),
        ("quantity-0", "many", "“many” is not a whole number."),
        ("shipping_price", "cheap", "“cheap” is not an amount"),
        ("at", "noon", "Enter a moment such as"),
    ):
        typed = {"sku-0": POT, "shipping": "sf", name: text}
        refused = await client.get(PAGE, params=typed)
        assert refused.status_code == 422, name
        assert message in refused.text
        assert 'value="sf"' in refused.text
    assert (await client.get(PAGE, params={"sku-0": ""})).status_code == 422
    missing = await client.get(PAGE, params={"sku-0": POT, "promotions": "none"})
    assert missing.status_code == 404
