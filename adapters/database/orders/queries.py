"""Carts and orders as they are read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.contacts.normalisation import contact_or_text
from adapters.database.data_keys import CONTACT, PHONE, TRACKING
from adapters.database.engine import Database
from adapters.database.orders.repository import ADDRESS_PLACE, SqlOrders
from adapters.database.payments.inbox import SqlInbox
from adapters.database.payments.payments import SqlPayments
from adapters.database.payments.refunds import SqlRefunds
from adapters.database.returns.repository import SqlReturns, return_of
from adapters.database.tables.customers import customers
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.privacy import retained_records
from adapters.database.tables.returns import returns
from adapters.serialization.cursors import read_cursor, timestamp, write_cursor
from core.domain.fulfillment import FulfillmentState
from core.domain.identifiers import CustomerId, OrderId, PaymentId, ProductId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import STAGES, OrderStage, OrderState, stage_of
from core.domain.payments.payment import Balances, Payment, balances
from core.domain.payments.refund import Refund
from core.domain.returns import Return
from core.domain.text import Text
from ports.encryption import DataKeys, Encryption
from ports.media import Media
from ports.orders import DayFigures, OrderSummary
from ports.payments.inbox import InboxEntry

WAITING = ("requested", "approved", "received", "inspected")


PAID = ("paid", "completed")


WORKED_ON = ("placed", "paid")


class SqlOrderQueries:
    def __init__(self, database: Database, vault: Encryption, media: Media) -> None:
        self._vault = vault
        self._reads: AsyncEngine = database.reads
        self._media = media
        self._sqlite = database.is_sqlite

    async def find(self, number: str) -> Order | None:
        async with self._reads.connect() as connection:
            return await SqlOrders(connection, [], self._vault).find(number)

    async def payments(self, order_id: OrderId) -> tuple[Payment, ...]:
        async with self._reads.connect() as connection:
            return await SqlPayments(connection).list(order_id)

    async def balances(self, order_id: OrderId) -> Mapping[PaymentId, Balances]:
        async with self._reads.connect() as connection:
            ledgers = await SqlPayments(connection).ledgers(order_id)
            return {
                payment_id: balances(entries, entries[0].amount.currency)
                for payment_id, entries in ledgers.items()
            }

    async def refunds(self, order_id: OrderId) -> tuple[Refund, ...]:
        async with self._reads.connect() as connection:
            return await SqlRefunds(connection, []).list(order_id)

    async def returns(self, order_id: OrderId) -> tuple[Return, ...]:
        async with self._reads.connect() as connection:
            return await SqlReturns(connection, [], self._vault).list(order_id)

    async def withheld(self, order_id: OrderId) -> str:
        async with self._reads.connect() as connection:
            return (await _withheld(connection, [order_id])).get(order_id, "")

    async def open_returns(self, limit: int) -> tuple[tuple[Return, str], ...]:
        async with self._reads.connect() as connection:
            rows = (
                await connection.execute(
                    select(returns, orders.c.number.label("order_number"))
                    .join(orders, orders.c.id == returns.c.order_id)
                    .where(returns.c.state.in_(WAITING))
                    .order_by(returns.c.requested_at)
                    .limit(limit)
                )
            ).all()
        keys = await self._vault.keys(row.data_key_id for row in rows)
        return tuple((return_of(row, keys), row.order_number) for row in rows)

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        async with self._reads.connect() as connection:
            return await SqlInbox(connection, self._vault).quarantined(limit)

    async def list(
        self,
        *,
        customer_id: CustomerId | None,
        state: OrderStage | None,
        words: str,
        language: str,
        limit: int,
        cursor: str,
    ) -> tuple[tuple[OrderSummary, ...], str]:
        page = _order_page(customer_id, state, self._found_by(words)).limit(limit + 1)
        if cursor:
            at, last = read_cursor(cursor, (timestamp, UUID))
            page = page.where(
                or_(orders.c.placed_at < at, and_(orders.c.placed_at == at, orders.c.id < last))
            )
        async with self._reads.connect() as connection:
            rows = (await connection.execute(page)).all()
            shown = rows[:limit]
            lines = (
                await connection.execute(
                    select(order_lines)
                    .where(order_lines.c.order_id.in_([row.id for row in shown]))
                    .order_by(order_lines.c.order_id, order_lines.c.position)
                )
            ).all()
            ids = [row.id for row in shown] if customer_id is None else []
            kept = await _withheld(connection, ids) if ids else {}
        hidden = {each for each, reason in kept.items() if reason != "open"}
        by_order: dict[UUID, list[Row[Any]]] = {}
        for line in lines:
            by_order.setdefault(line.order_id, []).append(line)
        keys = await self._vault.keys(row.data_key_id for row in shown)
        summaries = tuple(
            replace(summary, recipient="") if row.id in hidden else summary
            for row in shown
            for summary in (self._summary(row, by_order[row.id], language, keys),)
        )
        more = len(rows) > limit
        return summaries, write_cursor(
            shown[-1].placed_at.isoformat(), shown[-1].id
        ) if more else ""

    async def bought(self, customer_id: CustomerId, limit: int) -> tuple[ProductId, ...]:
        latest = (
            select(order_lines.c.product_id)
            .join(orders, orders.c.id == order_lines.c.order_id)
            .where(orders.c.customer_id == customer_id, orders.c.state.in_(PAID))
            .group_by(order_lines.c.product_id)
            .order_by(func.max(orders.c.placed_at).desc(), order_lines.c.product_id)
            .limit(limit)
        )
        async with self._reads.connect() as connection:
            return tuple(ProductId(each) for each in await connection.scalars(latest))

    async def counts(self) -> dict[OrderStage, int]:
        async with self._reads.connect() as connection:
            rows = await connection.execute(
                select(orders.c.state, orders.c.fulfillment, func.count().label("orders")).group_by(
                    orders.c.state, orders.c.fulfillment
                )
            )
            counts = Counter[OrderStage]()
            for row in rows:
                counts[_stage(row)] += row.orders
        return dict(counts)

    async def figures(self, since: datetime, currency: str) -> tuple[DayFigures, ...]:
        day: Any = (
            func.date(orders.c.placed_at)
            if self._sqlite
            else cast(func.timezone("UTC", orders.c.placed_at), Date)
        )
        async with self._reads.connect() as connection:
            rows = await connection.execute(
                select(
                    day.label("day"),
                    func.count().label("orders"),
                    func.sum(orders.c.total_minor).label("revenue"),
                )
                .where(
                    orders.c.placed_at >= since,
                    orders.c.state.in_(PAID),
                    orders.c.currency == currency,
                )
                .group_by(day)
                .order_by(day)
            )
            return tuple(
                DayFigures(
                    day=row.day if isinstance(row.day, date) else date.fromisoformat(row.day),
                    orders=row.orders,
                    revenue=Money(int(row.revenue), currency),
                )
                for row in rows
            )

    def _found_by(self, words: str) -> ColumnElement[bool] | None:
        """By number, SKU, tracking number, contact or phone, each of them whole."""
        if not words:
            return None
        contact = contact_or_text(words)
        return or_(
            orders.c.number == words,
            orders.c.contact_index.in_(self._vault.indexes(CONTACT, contact)),
            orders.c.phone_index.in_(self._vault.indexes(PHONE, contact)),
            orders.c.id.in_(
                select(shipments.c.order_id).where(
                    shipments.c.tracking_index.in_(self._vault.indexes(TRACKING, words))
                )
            ),
            orders.c.id.in_(select(order_lines.c.order_id).where(order_lines.c.sku == words)),
        )

    def _summary(
        self, row: Row[Any], lines: Sequence[Row[Any]], language: str, keys: DataKeys
    ) -> OrderSummary:
        address = keys.decrypt(ADDRESS_PLACE, row.id, row.address)
        return OrderSummary(
            number=row.number,
            state=_stage(row),
            placed_at=row.placed_at,
            total=Money(row.total_minor, row.currency),
            units=sum(line.quantity for line in lines),
            title=Text(lines[0].title).in_language(language),
            picture=self._media.address(lines[0].picture) if lines[0].picture else "",
            recipient=address["name"] if address else "",
        )


def _stage(row: Row[Any]) -> OrderStage:
    return stage_of(OrderState(row.state), FulfillmentState(row.fulfillment))


def _order_page(
    customer_id: CustomerId | None, state: OrderStage | None, found: ColumnElement[bool] | None
) -> Select[Any]:
    page = select(
        orders.c.id,
        orders.c.number,
        orders.c.state,
        orders.c.fulfillment,
        orders.c.placed_at,
        orders.c.total_minor,
        orders.c.currency,
        orders.c.data_key_id,
        orders.c.address,
    ).order_by(orders.c.placed_at.desc(), orders.c.id.desc())
    if customer_id is not None:
        page = page.where(orders.c.customer_id == customer_id)
    if state is not None:
        states, sendings = STAGES[state]
        page = page.where(
            orders.c.state.in_(sorted(states)), orders.c.fulfillment.in_(sorted(sendings))
        )
    if found is not None:
        page = page.where(found)
    return page


async def _withheld(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Why addresses of orders are not for everybody."""
    kept = select(retained_records.c.reference, retained_records.c.reason).where(
        retained_records.c.data_provider == "shop",
        retained_records.c.reference.in_([f"orders/{each}" for each in ids]),
    )
    restricted = (
        select(orders.c.id)
        .join(customers, customers.c.id == orders.c.customer_id)
        .where(
            orders.c.id.in_(ids),
            customers.c.restricted.is_(True),
            orders.c.state.not_in(WORKED_ON),
        )
    )
    found = {
        UUID(row.reference.partition("/")[2]): str(row.reason)
        for row in await connection.execute(kept)
    }
    still = [each for each, reason in found.items() if reason == "open"]
    done = select(orders.c.id).where(orders.c.id.in_(still), orders.c.state.not_in(WORKED_ON))
    if still:
        found |= dict.fromkeys(await connection.scalars(done), "returns")
    return found | dict.fromkeys(await connection.scalars(restricted), "restricted")
