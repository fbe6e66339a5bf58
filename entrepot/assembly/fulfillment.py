"""Shipping, delivery, cancellation, expiry and holds of orders."""

from core.application.fulfillment import DeliverOrder, ShipOrder
from core.application.orders.cancellation import CancelOrder, ExpireOrders
from core.application.orders.holds import EndHolds, LiftHold, PlaceHold
from entrepot.assembly.payments import PaymentParts
from entrepot.assembly.wiring import made, wired


@wired
class FulfillmentParts(PaymentParts):
    ship_order = made(ShipOrder)
    deliver_order = made(DeliverOrder)
    cancel_order = made(CancelOrder)
    expire_orders = made(ExpireOrders)
    place_hold = made(PlaceHold)
    lift_hold = made(LiftHold)
    end_holds = made(EndHolds)
