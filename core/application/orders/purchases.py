"""What is paid together, and in which parts: orders of one purchase, and instalments."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.retries import retrying
from core.domain.errors import Invalid
from core.domain.identifiers import OrderId, PurchaseId
from core.domain.orders.instalments import Instalment
from core.domain.orders.order import Order
from ports.clock import Clock, NewId
from ports.unit_of_work import UnitOfWork, UnitsOfWork

MOST_ORDERS = 50
"""The most orders that a payment gateway pays together."""


@dataclass(frozen=True, slots=True)
class CombineOrders:
    """Let orders of one buyer be paid together. Returns their purchase.

    Raises:
        NotFound: there is no such order.
        IllegalTransition: an order is not placed.
        Invalid: they are fewer than two or too many, of several buyers, or in several
            currencies; or one has an open payment, a paid instalment or a purchase.
    """

    units: UnitsOfWork
    new_id: NewId

    async def __call__(self, order_ids: Sequence[OrderId]) -> PurchaseId:
        async def once() -> PurchaseId:
            async with self.units() as unit:
                orders = await unit.orders.get_all_for_update(order_ids)
                _check_together(orders)
                purchase_id = PurchaseId(self.new_id())
                for order in orders:
                    await _check_no_open_payment(unit, order)
                    order.combine(purchase_id)
                    await unit.orders.save(order)
                # Closed payments too: money can still arrive for them.
                await unit.payments.move([each.id for each in orders], purchase_id)
                await unit.commit()
            return purchase_id

        return await retrying(once)


@dataclass(frozen=True, slots=True)
class SplitPayment:
    """Let an order be paid in instalments, the first one first.

    Raises:
        NotFound: there is no such order.
        IllegalTransition: the order is not placed.
        Invalid: the instalments are not its total or not in order, or it has an open payment.
    """

    units: UnitsOfWork
    now: Clock

    async def __call__(self, order_id: OrderId, instalments: Sequence[Instalment]) -> None:
        async def once() -> None:
            async with self.units() as unit:
                order = await unit.orders.get_for_update(order_id)
                order.split_payment(instalments, self.now())
                await _check_no_open_payment(unit, order)
                await unit.orders.save(order)
                await unit.stock.extend(order.id, order.pay_before)
                await unit.commit()

        await retrying(once)


def _check_together(orders: Sequence[Order]) -> None:
    if not 1 < len(orders) <= MOST_ORDERS:
        raise Invalid("orders", "Combine 2 to {most} orders.", most=MOST_ORDERS)
    if len({(each.customer_id, each.contact, each.currency) for each in orders}) > 1:
        raise Invalid("orders", "These orders are not of one buyer and in one currency.")


async def _check_no_open_payment(unit: UnitOfWork, order: Order) -> None:
    """The lock of the order keeps new ones away."""
    if any(each.is_open for each in await unit.payments.list(order.id)):
        raise Invalid("orders", "Order {number} has its own payments.", number=order.number)
