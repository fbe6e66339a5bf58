"""Shows a cart with its shipping methods before the order is placed."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.application.carts.ownership import CartOwner, find_cart
from core.application.carts.views import CartView, view_of
from core.domain.address import Address
from core.domain.carts import Cart
from core.domain.errors import CartEmpty, CheckoutIncomplete
from core.domain.identifiers import Sku
from core.domain.money import Money
from ports.carts import CartQueries
from ports.catalogue.queries import CatalogueQueries, Offer
from ports.fulfillment import Carrier, ParcelLine, ShippingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class RateView:
    """A shipping method with its price."""

    code: str
    name: str
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutView:
    """The cart and the shipping methods, shown before an order is placed."""

    cart: CartView
    rates: tuple[RateView, ...]


@dataclass(frozen=True, slots=True)
class ReviewCheckout:
    """Show the cart with its shipping methods, cheapest first.

    Raises:
        CartEmpty: there is nothing to order.
        CheckoutIncomplete: the address is missing.
    """

    carts: CartQueries
    catalogue_queries: CatalogueQueries
    carrier: Carrier

    async def __call__(self, owner: CartOwner, language: str) -> CheckoutView:
        cart = await find_cart(self.carts, owner)
        if cart is None or not cart.lines:
            raise CartEmpty
        if cart.delivery is None:
            raise CheckoutIncomplete("address")
        offers = await self.catalogue_queries.offers(list(cart.quantities))
        view = view_of(cart, offers, language)
        rates = await self.carrier.rates(
            shipping_request(cart, offers, view.goods_total, cart.delivery.address)
        )
        return CheckoutView(
            cart=view,
            rates=tuple(
                RateView(code=rate.code, name=rate.name.in_language(language), price=rate.price)
                for rate in rates
            ),
        )


def shipping_request(
    cart: Cart, offers: Mapping[Sku, Offer], goods_total: Money, address: Address
) -> ShippingRequest:
    lines = []
    for sku, quantity in cart.quantities.items():
        offer = offers.get(sku)
        if offer is not None:
            length, width, height = offer.size_mm
            lines.append(
                ParcelLine(
                    sku=sku,
                    quantity=quantity,
                    weight_grams=offer.weight_grams,
                    volume_mm3=length * width * height,
                )
            )
    return ShippingRequest(address=address, lines=tuple(lines), goods_total=goods_total)
