"""Counts the paid orders of a member."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from adapters.database.engine import Database
from adapters.database.tables.orders import orders
from core.domain.identifiers import CustomerId
from core.domain.orders.states import OrderState

PAID_ORDERS = (
    select(func.count())
    .select_from(orders)
    .where(
        orders.c.customer_id == bindparam("of_customer"),
        orders.c.state.in_([OrderState.PAID, OrderState.COMPLETED]),
        orders.c.replaces.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class SqlCountPaidOrders:
    """`ports.pricing.CountPaidOrders`."""

    database: Database

    async def __call__(self, customer_id: CustomerId) -> int:
        async with self.database.reads.connect() as connection:
            return await connection.scalar(PAID_ORDERS, {"of_customer": customer_id}) or 0
