"""Checkout and order queries."""

from datetime import timedelta

from adapters.database.orders.queries import SqlOrderQueries
from adapters.database.orders.unpaid import SqlForgetClients
from core.application.orders.access import FindOrder
from core.application.orders.checkout import PayWithin, PlaceOrder
from core.application.orders.checkout_review import ReviewCheckout
from core.application.taxes.quoting import QuoteCheckout
from core.domain.orders.unpaid import UnpaidLimits
from core.domain.pricing.refunds.amounts import PartialReturn
from entrepot.assembly.carts import CartParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.settings import Settings
from ports.orders import OrderQueries
from ports.unpaid_orders import ForgetClients


def pay_within(settings: Settings) -> PayWithin:
    return PayWithin(
        guest=timedelta(minutes=settings.guest_pay_minutes),
        member=timedelta(minutes=settings.member_pay_minutes),
    )


def unpaid_limits_of(settings: Settings) -> UnpaidLimits:
    return UnpaidLimits(
        orders_per_contact=settings.unpaid_orders_per_contact,
        orders_per_client=settings.unpaid_orders_per_client,
        units=settings.unpaid_units,
        share=settings.unpaid_share,
    )


def partial_return_of(settings: Settings) -> PartialReturn:
    return settings.partial_return


@wired
class OrderParts(CartParts):
    order_queries = bound(OrderQueries, SqlOrderQueries)
    pay_within = bound(PayWithin, pay_within)
    unpaid_limits = bound(UnpaidLimits, unpaid_limits_of)
    forget_clients = bound(ForgetClients, SqlForgetClients)
    quote_checkout = made(QuoteCheckout)
    review_checkout = made(ReviewCheckout)
    partial_return = bound(PartialReturn, partial_return_of)
    place_order = made(PlaceOrder)
    find_order = made(FindOrder)
