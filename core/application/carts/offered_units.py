"""Counts the units that a promotion still offers to a cart."""

from dataclasses import dataclass

from core.application.pricing.cart_prices import PriceCart
from core.domain.carts import Cart
from core.domain.identifiers import Sku


@dataclass(frozen=True, slots=True)
class OfferedUnits:
    """How many more units of a SKU the promotion offers to the cart; 0 if it does not apply."""

    price_cart: PriceCart

    async def __call__(self, cart: Cart, sku: Sku, promotion: str, channel: str) -> int:
        offered = (await self.price_cart(cart, channel)).quote().additions
        return sum(each.most for each in offered if (each.promotion, each.sku) == (promotion, sku))
