"""SQL for the limits of unpaid orders."""

import struct
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.data_keys import CONTACT
from adapters.database.engine import Database
from adapters.database.tables.orders import orders
from adapters.database.tables.stock import reservations, stock_levels
from core.domain.identifiers import OrderId, Sku
from core.domain.orders.states import OrderState
from core.domain.orders.unpaid import Buyer, UnpaidOrders, UnpaidUnits
from ports.encryption import Encryption

UNPAID = orders.c.state == str(OrderState.PLACED)


class SqlUnpaidOrderCounts:
    def __init__(self, connection: AsyncConnection, vault: Encryption) -> None:
        self._connection = connection
        self._vault = vault

    async def of(self, buyer: Buyer, skus: Iterable[Sku]) -> UnpaidOrders:
        await self._lock(buyer)
        by_contact: ColumnElement[bool] = orders.c.contact_index.in_(
            self._vault.indexes(CONTACT, buyer.contact)
        )
        if buyer.customer_id is not None:
            by_contact = or_(by_contact, orders.c.customer_id == buyer.customer_id)
        by_client = orders.c.client == self._fingerprint(buyer.client) if buyer.client else None
        counts = (
            await self._connection.execute(
                select(_number(by_contact), _number(by_client)).where(
                    UNPAID, _either(by_contact, by_client)
                )
            )
        ).one()
        return UnpaidOrders(
            of_contact=counts[0],
            of_client=counts[1],
            units=await self._units(_either(by_contact, by_client), skus),
        )

    async def record_client(self, order_id: OrderId, client: str) -> None:
        await self._connection.execute(
            update(orders).where(orders.c.id == order_id).values(client=self._fingerprint(client))
        )

    async def _lock(self, buyer: Buyer) -> None:
        """PostgreSQL: advisory locks until the end of the transaction. SQLite has one writer."""
        if self._connection.dialect.name == "sqlite":
            return
        parts = {"contact": buyer.contact, "account": buyer.customer_id, "client": buyer.client}
        names = [f"unpaid {kind} {value}" for kind, value in parts.items() if value]
        keys = sorted(_lock_key(self._vault.fingerprint(each)) for each in names)
        await self._connection.execute(select(*(func.pg_advisory_xact_lock(key) for key in keys)))

    async def _units(self, of_buyer: ColumnElement[bool], skus: Iterable[Sku]) -> Any:
        held = (
            select(func.coalesce(func.sum(reservations.c.quantity), 0))
            .join(orders, orders.c.id == reservations.c.order_id)
            .where(reservations.c.sku == stock_levels.c.sku, UNPAID, of_buyer)
            .correlate(stock_levels)
            .scalar_subquery()
        )
        sellable = func.sum(
            stock_levels.c.on_hand + stock_levels.c.backorder_limit - stock_levels.c.allocated
        )
        rows = await self._connection.execute(
            select(stock_levels.c.sku, held.label("held"), sellable.label("sellable"))
            .where(stock_levels.c.sku.in_(list(skus)))
            .group_by(stock_levels.c.sku)
        )
        return {
            Sku(row.sku): UnpaidUnits(held=int(row.held), sellable=int(row.sellable))
            for row in rows
        }

    def _fingerprint(self, client: str) -> bytes:
        return self._vault.fingerprint(f"client {client}")


class SqlForgetClients:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, now: datetime) -> int:
        done = or_(~UNPAID, orders.c.pay_before < now)
        async with self._database.writes.begin() as connection:
            forgotten = await connection.execute(
                update(orders).where(orders.c.client.is_not(None), done).values(client=None)
            )
        return forgotten.rowcount


def _either(
    by_contact: ColumnElement[bool], by_client: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    return by_contact if by_client is None else or_(by_contact, by_client)


def _number(condition: ColumnElement[bool] | None) -> ColumnElement[int]:
    """The number of rows for which the condition is true."""
    if condition is None:
        return literal(0)
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _lock_key(fingerprint: bytes) -> int:
    (key,) = struct.unpack(">q", fingerprint[:8])
    return int(key)
