"""Drafts of orders: what order guards see of an order before it is placed."""

from dataclasses import replace

from core.application.carts.drafts import draft_of_cart
from core.application.pricing.cart_prices import CartPrices
from core.domain.orders.order import Order
from core.domain.pricing.quote import Quote
from ports.order_guards import DraftLine, DraftStage, OrderDraft


def draft_of_order(order: Order, prices: CartPrices, quote: Quote) -> OrderDraft:
    """The lines have the keys of the cart; those of gifts are their own."""
    return replace(
        draft_of_cart(prices, quote),
        stage=DraftStage.ORDER,
        goods_total=order.goods_total,
        total=order.total,
        at=order.placed_at,
        shipping_code=order.shipping.code,
    )


def draft_of_exchange(order: Order) -> OrderDraft:
    """``order`` is the free order that replaces goods."""
    return OrderDraft(
        stage=DraftStage.EXCHANGE,
        lines=tuple(
            DraftLine(
                key=line.key,
                sku=line.sku,
                product_id=line.product_id,
                quantity=line.quantity,
                total=line.total,
                source=line.source,
            )
            for line in order.lines
        ),
        goods_total=order.goods_total,
        total=order.total,
        at=order.placed_at,
        customer_id=order.customer_id,
        country=order.address.country if order.address else "",
        region=order.region,
        shipping_code=order.shipping.code,
    )
