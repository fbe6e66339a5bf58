"""Drafts of orders: what order guards see of a cart."""

from collections.abc import Iterator

from core.application.pricing.cart_prices import CartPrices
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.pricing.quote import Quote
from ports.order_guards import DraftLine, DraftStage, OrderDraft


def draft_of_cart(prices: CartPrices, quote: Quote) -> OrderDraft:
    """``quote`` has no shipping."""
    request, delivery = prices.request, prices.cart.delivery
    total = Money(quote.total, quote.currency)
    return OrderDraft(
        stage=DraftStage.CART,
        lines=tuple(_lines(prices, quote)),
        goods_total=total,
        total=total,
        at=request.at,
        customer_id=prices.cart.customer_id,
        groups=request.customer.groups,
        channel=request.channel,
        country=request.audience.country,
        region=delivery.address.region if delivery else "",
        coupons=request.coupons,
    )


def _lines(prices: CartPrices, quote: Quote) -> Iterator[DraftLine]:
    for line in quote.lines:
        if offer := prices.offers.get(Sku(line.sku)):
            yield DraftLine(
                key=line.key,
                sku=offer.sku,
                product_id=offer.product_id,
                quantity=line.quantity,
                total=Money(line.total, quote.currency),
                source=line.added_by,
            )
