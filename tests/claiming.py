"""Orders that hold claims besides those of their prices."""

from dataclasses import dataclass, fields, replace

from core.application.orders.checkout import PlaceOrder
from core.application.pricing.cart_prices import NOTHING_LEFT, CartPrices, PriceCart
from core.domain.carts import Cart
from core.domain.claims import Claim
from core.domain.pricing.quote import Quote
from entrepot.assembly.shop import Shop
from ports.claims import Left
from ports.fulfillment import ShippingRate


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesWithClaims(CartPrices):
    claims: tuple[Claim, ...]

    def quote(
        self,
        rate: ShippingRate | None = None,
        left: Left = NOTHING_LEFT,
        *,
        untaxed: bool = False,
    ) -> Quote:
        quote = CartPrices.quote(self, rate, left, untaxed=untaxed)
        person = self.request.customer.person
        return replace(
            quote, claims=(*quote.claims, *(replace(each, person=person) for each in self.claims))
        )


@dataclass(frozen=True, slots=True)
class PriceWithClaims(PriceCart):
    claims: tuple[Claim, ...] = ()

    async def __call__(self, cart: Cart, channel: str = "") -> CartPrices:
        prices = await PriceCart.__call__(self, cart, channel)
        parts = {each.name: getattr(prices, each.name) for each in fields(prices)}
        return PricesWithClaims(**parts, claims=self.claims)


def claiming(shop: Shop, *claims: Claim) -> PlaceOrder:
    """Place an order that holds these claims, too."""
    place_order, price_cart = shop.place_order(), shop.price_cart()
    parts = {each.name: getattr(price_cart, each.name) for each in fields(price_cart)}
    return replace(place_order, price_cart=PriceWithClaims(**parts, claims=claims))
