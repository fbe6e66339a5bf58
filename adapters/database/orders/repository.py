"""The repository of orders: an order with its lines and shipments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from adapters.database.data_keys import data_key_for
from adapters.database.orders.lines import (
    CANCELLED_UNITS,
    LINES,
    line_rows,
)
from adapters.database.orders.rows import (
    encrypted_columns,
    order_of,
    order_row,
    shipment_rows,
)
from adapters.database.pricing.use import forget_use, record_use
from adapters.database.statements import insert_into, save_versioned, upsert
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import order_lines, orders
from core.domain.errors import NotFound, StaleVersion
from core.domain.events import Event
from core.domain.fulfillment import FulfillmentState
from core.domain.identifiers import OrderId
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from ports.encryption import Encryption

BY_ID = select(orders).where(orders.c.id == bindparam("key"))


BY_NUMBER = select(orders).where(orders.c.number == bindparam("key"))


BY_CHECKOUT_KEY = select(orders).where(orders.c.checkout_key == bindparam("key"))


BY_ID_FOR_UPDATE = BY_ID.with_for_update()


# Sorted, so that two transactions never lock the same orders in two orders.
BY_IDS_FOR_UPDATE = (
    select(orders)
    .where(orders.c.id.in_(bindparam("keys", expanding=True)))
    .order_by(orders.c.id)
    .with_for_update()
)


_of_same_purchase = orders.alias("of_same_purchase")


PURCHASE_FOR_UPDATE = (
    select(orders)
    .where(
        orders.c.purchase_id
        == select(_of_same_purchase.c.purchase_id)
        .where(_of_same_purchase.c.id == bindparam("key"))
        .scalar_subquery()
    )
    .order_by(orders.c.id)
    .with_for_update()
)


SHIPMENTS = (
    select(shipments)
    .where(shipments.c.order_id == bindparam("order_id"))
    .order_by(shipments.c.shipped_at)
)


def _claim_due(moment: Column[datetime], *due: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """The claim moves the due moment to the end of the lease, so other workers skip the order."""
    return (
        update(orders)
        .where(
            orders.c.id.in_(
                select(orders.c.id)
                .where(*due, moment <= bindparam("now"))
                .order_by(moment)
                .limit(bindparam("most"))
                .with_for_update(skip_locked=True)
            )
        )
        .values({moment: bindparam("leased_until")})
        .returning(orders.c.id)
    )


# `expire_at` stays where a claim set it when a hold or an instalment moves `pay_before`.
CLAIM_OVERDUE = _claim_due(
    orders.c.expire_at, orders.c.state == "placed", orders.c.pay_before <= bindparam("now")
)


CLAIM_HELD = _claim_due(orders.c.hold_ends_at)


class SqlOrders:
    def __init__(self, connection: AsyncConnection, events: list[Event], vault: Encryption) -> None:
        self._connection = connection
        self._events = events
        self._vault = vault

    async def get(self, order_id: OrderId) -> Order:
        return await self._get(BY_ID, order_id)

    async def get_for_update(self, order_id: OrderId) -> Order:
        return await self._get(BY_ID_FOR_UPDATE, order_id)

    async def get_all_for_update(self, order_ids: Sequence[OrderId]) -> tuple[Order, ...]:
        if len(order_ids) == 1:
            return (await self.get_for_update(order_ids[0]),)
        rows = await self._connection.execute(BY_IDS_FOR_UPDATE, {"keys": list(order_ids)})
        found = tuple([await self._loaded(row) for row in rows.all()])
        missing = set(order_ids) - {each.id for each in found}
        if missing:
            raise NotFound("order", min(missing))
        return found

    async def get_purchase_for_update(self, order_id: OrderId) -> tuple[Order, ...]:
        rows = (await self._connection.execute(PURCHASE_FOR_UPDATE, {"key": order_id})).all()
        if order_id not in {row.id for row in rows}:
            # The order moved to a purchase after the subquery had read it.
            await self.get(order_id)
            raise StaleVersion("order", order_id)
        return tuple([await self._loaded(row) for row in rows])

    async def find(self, number: str) -> Order | None:
        return await self._find(BY_NUMBER, number)

    async def find_by_checkout_key(self, checkout_key: str) -> Order | None:
        return await self._find(BY_CHECKOUT_KEY, checkout_key)

    async def claim_overdue(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[OrderId, ...]:
        return await self._claim(CLAIM_OVERDUE, now, limit, leased_until)

    async def claim_held(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[OrderId, ...]:
        return await self._claim(CLAIM_HELD, now, limit, leased_until)

    async def save(self, order: Order) -> None:
        new = order.version == 0
        if new and order.data_key_id is None:
            order.data_key_id = await data_key_for(self._connection, self._vault, order.customer_id)
        keys = await self._vault.keys([order.data_key_id])
        order.version = await save_versioned(
            self._connection,
            orders,
            {**order_row(order), **encrypted_columns(order, keys, self._vault)},
            version=order.version,
            kind="order",
            key=order.number,
        )
        if new:
            await self._connection.execute(insert_into(order_lines), line_rows(order))
            await record_use(self._connection, order)
        if order.state is OrderState.CANCELLED:
            await forget_use(self._connection, order)
        if order.cancelled:
            await self._connection.execute(
                CANCELLED_UNITS,
                [
                    {"of_order": order.id, "of_key": key, "units": units}
                    for key, units in order.cancelled.items()
                ],
            )
        if order.shipments:
            statement = upsert(self._connection, shipments)
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"], set_={"delivered_at": statement.excluded.delivered_at}
                ),
                shipment_rows(order, keys, self._vault),
            )
        self._events += order.events
        order.events.clear()

    async def _claim(
        self, claim: ReturningUpdate[Any], now: datetime, limit: int, leased_until: datetime
    ) -> tuple[OrderId, ...]:
        rows = await self._connection.execute(
            claim, {"now": now, "most": limit, "leased_until": leased_until}
        )
        return tuple(OrderId(row.id) for row in rows)

    async def _get(self, statement: Select[Any], order_id: OrderId) -> Order:
        order = await self._find(statement, order_id)
        if order is None:
            raise NotFound("order", order_id)
        return order

    async def _find(self, statement: Select[Any], key: object) -> Order | None:
        row = (await self._connection.execute(statement, {"key": key})).first()
        return None if row is None else await self._loaded(row)

    async def _loaded(self, row: Row[Any]) -> Order:
        """The order of a row, with its lines and shipments."""
        lines = await self._connection.execute(LINES, {"order_id": row.id})
        shipped: Sequence[Row[Any]] = ()
        if row.fulfillment != FulfillmentState.UNFULFILLED:
            shipped = (await self._connection.execute(SHIPMENTS, {"order_id": row.id})).all()
        return order_of(row, lines.all(), shipped, await self._vault.keys([row.data_key_id]))
