"""Checkout and order queries."""

from datetime import timedelta

from adapters.database.orders.queries import SqlOrderQueries
from core.application.orders.access import FindOrder
from core.application.orders.checkout import PayWithin, PlaceOrder
from core.application.orders.checkout_review import ReviewCheckout
from entrepot.assembly.carts import CartParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.settings import Settings
from ports.orders import OrderQueries


def pay_within(settings: Settings) -> PayWithin:
    return PayWithin(
        guest=timedelta(minutes=settings.guest_pay_minutes),
        member=timedelta(minutes=settings.member_pay_minutes),
    )


@wired
class OrderParts(CartParts):
    order_queries = bound(OrderQueries, SqlOrderQueries)
    pay_within = bound(PayWithin, pay_within)
    review_checkout = made(ReviewCheckout)
    place_order = made(PlaceOrder)
    find_order = made(FindOrder)
