"""A stored promotion and a stored coupon change the price from the test cart to the order."""

import pytest

from core.application.pricing.trial_carts import TrialCart
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.promotions.managed import PromotionMove
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF, VAT
from tests.application.test_coupons import a_batch
from tests.bank import SMALL, checkout, fill
from tests.factories import stock_up

pytestmark = pytest.mark.anyio
BY_COUPON = {
    **TEN_OFF,
    "code": "offer",
    "lane": "coupon",
    "by_coupon": True,
    "benefits": [{"kind": "goods", "reduction": {"kind": "percent", "percent": "10"}}],
}


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    await shop.vault().prepare()
    await stock_up(shop)
    for document in (TEN_OFF, BY_COUPON):
        await shop.save_promotion()(document)
        await shop.move_promotion()(str(document["code"]), PromotionMove.ACTIVATE)
    await shop.save_tax_rate()("cn", VAT)
    await shop.create_coupon_batch()(a_batch(kind=CouponKind.PUBLIC), ["SPRING"])
    return shop


async def test_test_cart_cart_review_and_order_have_one_price(shop: Shop) -> None:
    tried = await shop.try_cart()(TrialCart(goods={SMALL: 1}, coupons=("spring",)), "en")
    assert [(each.code, each.state) for each in tried.coupons] == [("spring", "applied")]
    owner = await fill(shop)
    await shop.add_coupon()(owner, "spring")
    cart = await shop.show_cart()(owner, "zh")
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    # 168, ten off, and then a tenth.
    goods = sum(line.total.minor for line in order.lines)
    assert tried.sums.total.minor == cart.sums.total.minor == goods == 14_220
    uses = {
        each.code: (each.use.orders, each.use.discount)
        for each in (await shop.pricing_queries().promotions(state=None, limit=9, cursor=""))[0]
    }
    assert uses == {"ten-off": (1, 1_000), "offer": (1, 1_580)}


async def test_a_promotion_that_is_paused_is_gone_at_once(shop: Shop) -> None:
    owner = await fill(shop)
    before = (await shop.show_cart()(owner, "zh")).sums.total
    await shop.move_promotion()("ten-off", PromotionMove.PAUSE)
    after = (await shop.show_cart()(owner, "zh")).sums.total
    assert (before.minor, after.minor) == (15_800, 16_800)
