"""Orders: checkout, and finding them again."""

from datetime import timedelta

from adapters.database.ledgers import SqlOrderLedger
from core.application.checkout import PayWithin, PlaceOrder, ReviewCheckout
from core.application.orders import FindOrder
from entrepot.assembly.carts import CartParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.settings import Settings
from ports.storage.ledgers import OrderLedger


def pay_within(settings: Settings) -> PayWithin:
    return PayWithin(
        guest=timedelta(minutes=settings.guest_pay_minutes),
        member=timedelta(minutes=settings.member_pay_minutes),
    )


@wired
class OrderParts(CartParts):
    order_ledger = bound(OrderLedger, SqlOrderLedger)
    pay_within = bound(PayWithin, pay_within)
    review_checkout = made(ReviewCheckout)
    place_order = made(PlaceOrder)
    find_order = made(FindOrder)
