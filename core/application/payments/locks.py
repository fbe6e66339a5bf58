"""Loads a refund with row locks, in the order that all use cases of payments follow.

The order is: order, return, payment, refund, stock. Two transactions that lock in one order
never wait for each other in a circle.
"""

from dataclasses import dataclass

from core.domain.orders.order import Order
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund
from core.domain.returns import Return
from ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class LockedRefund:
    """``goods_back`` is the return that the refund pays; None for any other refund."""

    order: Order
    goods_back: Return | None
    payment: Payment
    refund: Refund


async def lock_refund(unit: UnitOfWork, reference: str) -> LockedRefund | None:
    """Returns None for an unknown reference."""
    found = await unit.refunds.find(reference)
    if found is None:
        return None
    order = await unit.orders.get_for_update(found.order_id)
    goods_back = await unit.returns.get_for_update(found.return_id) if found.return_id else None
    payment = await unit.payments.get_for_update(found.payment_id)
    refund = await unit.refunds.find_for_update(reference)
    return None if refund is None else LockedRefund(order, goods_back, payment, refund)


async def paid_order(unit: UnitOfWork, order: Order) -> Order:
    """The order whose payment paid for the goods: of an exchange, the first original order."""
    while order.replaces is not None:
        order = await unit.orders.get(order.replaces)
    return order
