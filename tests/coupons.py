"""Promotions that coupons open."""

from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF


async def save_opened(shop: Shop, code: str = "offer") -> None:
    """A promotion that opens by coupon, as a draft. Idempotent."""
    await shop.save_promotion()({**TEN_OFF, "code": code, "lane": "coupon", "by_coupon": True})
