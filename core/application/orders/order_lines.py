"""Lines and shipping of an order from the quote of its cart."""

from dataclasses import replace

from core.application.pricing.cart_prices import CartPrices
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import LineKey, Sku
from core.domain.money import Money
from core.domain.orders.lines import OrderLine, Shipping
from core.domain.orders.pricing import OrderPricing
from core.domain.pricing.quote import Quote, QuotedLine
from core.domain.pricing.refunds.amounts import PartialReturn
from ports.catalogue.queries import Offer
from ports.fulfillment import ShippingRate


def order_lines(
    prices: CartPrices, quote: Quote, declared: DeclaredFields
) -> tuple[OrderLine, ...]:
    """The lines with the values of their fields: a line that a promotion added has none."""
    fields = {line.key: declared.frozen(FieldOwner.LINE, line.fields) for line in prices.cart.lines}
    return tuple(
        replace(
            _order_line(LineKey(str(number)), line, prices.offers[Sku(line.sku)], quote.currency),
            fields=fields.get(LineKey(line.key), ()),
        )
        for number, line in enumerate(quote.lines, start=1)
    )


def order_shipping(rate: ShippingRate, quote: Quote) -> Shipping:
    shipping = quote.shipping
    return Shipping(
        code=rate.code,
        name=rate.name,
        price=rate.price,
        adjustments=shipping.adjustments if shipping else (),
        taxes=shipping.taxes if shipping else (),
    )


def order_pricing(
    prices: CartPrices, quote: Quote, rate: ShippingRate, policy: PartialReturn
) -> OrderPricing:
    """The rules of the day are kept only if a return can ask for them."""
    frozen = None
    if policy is PartialReturn.REPRICE:
        keys = {line.key: str(number) for number, line in enumerate(quote.lines, start=1)}
        frozen = prices.frozen(rate, quote, keys)
    return OrderPricing(tax_engine=quote.tax_engine, frozen=frozen, points=quote.points)


def _order_line(key: LineKey, line: QuotedLine, offer: Offer, currency: str) -> OrderLine:
    return OrderLine(
        key=key,
        sku=offer.sku,
        product_id=offer.product_id,
        title=offer.title,
        options=offer.options,
        quantity=line.quantity,
        unit_price=Money(line.base_price, currency),
        paid_units=line.paid_units,
        source=line.added_by,
        adjustments=line.changes(currency),
        taxes=line.taxes,
        picture=offer.picture,
        return_exception=offer.return_exception,
        tax_class=offer.tax_class,
    )
