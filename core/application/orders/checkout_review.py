"""Shows a cart with its shipping methods before the order is placed."""

from asyncio import gather
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.application.carts.ownership import CartOwner, find_cart
from core.application.carts.remarks import remark_views
from core.application.carts.reviews import ReviewDraft
from core.application.carts.views import CartView, view_of, with_line_fields, with_remarks
from core.application.fields.inputs import FieldInput, inputs_of
from core.application.orders.order_fields import asked_fields
from core.application.pricing.cart_prices import CartPrices, PriceCart
from core.application.pricing.views import SumsView, sums_of_quote
from core.application.taxes.quoting import QuoteCheckout
from core.domain.address import Address
from core.domain.errors import CartEmpty, CheckoutIncomplete
from core.domain.fields.declared import DeclaredFields
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.pricing.quote import Quote
from ports.carts import CartQueries
from ports.fulfillment import Carrier, ParcelLine, ShippingRate, ShippingRequest
from ports.pricing import ReasonText


@dataclass(frozen=True, slots=True, kw_only=True)
class RateView:
    """A shipping method. ``price`` is its price after discounts, with its taxes.

    ``sums`` are those of the whole order. ``discounts`` is what each promotion takes off, in
    minor units by its code: the checkout sends it back.
    """

    code: str
    name: str
    price: Money
    sums: SumsView
    discounts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutView:
    """The cart and the shipping methods, shown before an order is placed.

    ``fields`` are those of plugins that the buyer is asked for.
    """

    cart: CartView
    rates: tuple[RateView, ...]
    fields: tuple[FieldInput, ...]


@dataclass(frozen=True, slots=True)
class ReviewCheckout:
    """Show the cart with its shipping methods, cheapest first, and the sums of each of them.

    Raises:
        CartEmpty: there is nothing to order.
        CheckoutIncomplete: the address is missing.
        TaxesUnavailable: the tax engine did not answer.
    """

    carts: CartQueries
    price_cart: PriceCart
    quote_checkout: QuoteCheckout
    carrier: Carrier
    review_draft: ReviewDraft
    reason_text: ReasonText
    declared_fields: DeclaredFields

    async def __call__(self, owner: CartOwner, language: str) -> CheckoutView:
        cart = await find_cart(self.carts, owner)
        if cart is None or not cart.lines:
            raise CartEmpty
        if cart.delivery is None:
            raise CheckoutIncomplete("address")
        prices = await self.price_cart(cart, owner.channel)
        address = cart.delivery.address
        request = shipping_request(prices, prices.quote(), address)
        rates = await self.carrier.rates(request)
        goods, *quotes = await gather(
            *(self.quote_checkout(prices, address, rate) for rate in (None, *rates))
        )
        verdict = await self.review_draft.shown(prices, goods)
        remarks = remark_views(verdict, language, self.reason_text)
        cart_view = view_of(prices, goods, language, self.reason_text)
        return CheckoutView(
            cart=with_remarks(
                with_line_fields(cart_view, cart, self.declared_fields, language), remarks
            ),
            rates=tuple(
                _rate(rate, quote, language) for rate, quote in zip(rates, quotes, strict=True)
            ),
            fields=inputs_of(asked_fields(self.declared_fields), language),
        )


def shipping_request(prices: CartPrices, goods: Quote, address: Address) -> ShippingRequest:
    """``goods`` is the quote without shipping: its gifts are shipped, too."""
    units = Counter[Sku]()
    for line in goods.lines:
        units[Sku(line.sku)] += line.quantity
    lines = []
    for sku, quantity in units.items():
        offer = prices.offers.get(sku)
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
    return ShippingRequest(
        address=address,
        lines=tuple(lines),
        goods_total=Money(goods.goods_total, goods.currency),
    )


def _rate(rate: ShippingRate, quote: Quote, language: str) -> RateView:
    return RateView(
        code=rate.code,
        name=rate.name.in_language(language),
        price=Money(quote.total - quote.goods_total, quote.currency),
        sums=sums_of_quote(quote, language),
        discounts=quote.parts,
    )
