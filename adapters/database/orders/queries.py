"""Read models of orders for members and the back office."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, bindparam, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.database.documents import holds_from, instalments_from
from adapters.database.engine import Database
from adapters.database.keyset import Keyset
from adapters.database.orders.pages import (
    BY_TIME,
    lines_of,
    matching,
    order_page,
    orders_for_staff,
)
from adapters.database.orders.repository import SqlOrders
from adapters.database.orders.rows import ADDRESS_PLACE
from adapters.database.orders.withholding import withheld_reasons
from adapters.database.payments.inbox import SqlInbox
from adapters.database.payments.payments import SqlPayments
from adapters.database.payments.refunds import SqlRefunds, refund_of
from adapters.database.returns.repository import SqlReturns, return_of
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.payments import UNFINISHED, refunds
from adapters.database.tables.returns import returns
from adapters.serialization.cursors import timestamp, write_cursor
from core.domain.calendar import start_of
from core.domain.fulfillment import FulfillmentState
from core.domain.identifiers import CustomerId, OrderId, ProductId, PurchaseId
from core.domain.money import Money
from core.domain.orders.instalments import due_of
from core.domain.orders.order import Order, is_payable
from core.domain.orders.states import OrderStage, OrderState, stage_of
from core.domain.payments.balances import PaymentLedger
from core.domain.payments.payment import Payment
from core.domain.payments.refund import EXPECTED_WITHIN, NEEDS_ACTION, Refund
from core.domain.returns import Return, ReturnState
from core.domain.text import Text
from ports.encryption import DataKeys, Encryption
from ports.media import Media
from ports.orders import DayFigures, OrderCriteria, OrderSummary, PurchaseOrder
from ports.pagination import PageOf, Slice
from ports.payments.inbox import InboxEntry

OPEN_RETURNS = ("requested", "approved", "received", "inspected")
RETURNS_BY_TIME = Keyset((returns.c.requested_at, returns.c.id), (timestamp, UUID))

PAID = ("paid", "completed")


class SqlOrderQueries:
    def __init__(self, database: Database, vault: Encryption, media: Media) -> None:
        self._vault = vault
        self._reads: AsyncEngine = database.reads
        self._media = media
        self._sqlite = database.is_sqlite

    async def find(self, number: str) -> Order | None:
        async with self._reads.connect() as connection:
            return await SqlOrders(connection, [], self._vault).find(number)

    async def paid_together(
        self, purchase_id: PurchaseId, now: datetime
    ) -> tuple[PurchaseOrder, ...]:
        statement = select(orders).where(orders.c.purchase_id == purchase_id).order_by(orders.c.id)
        async with self._reads.connect() as connection:
            return tuple(_purchase_order(row, now) for row in await connection.execute(statement))

    async def payments(self, order_id: OrderId) -> tuple[Payment, ...]:
        async with self._reads.connect() as connection:
            return await SqlPayments(connection).list(order_id)

    async def ledgers(self, order_id: OrderId) -> tuple[PaymentLedger, ...]:
        async with self._reads.connect() as connection:
            return await SqlPayments(connection).ledgers(order_id)

    async def refunds(self, order_id: OrderId) -> tuple[Refund, ...]:
        async with self._reads.connect() as connection:
            return await SqlRefunds(connection, []).list(order_id)

    async def refunds_to_check(self, now: datetime, limit: int) -> tuple[tuple[Refund, str], ...]:
        # Literals, as in the partial index: with parameters the database does not use it.
        unfinished = refunds.c.state.in_(
            bindparam("unfinished", UNFINISHED, expanding=True, literal_execute=True)
        )
        overdue = or_(
            refunds.c.state.in_(sorted(NEEDS_ACTION)),
            refunds.c.requested_at < now - EXPECTED_WITHIN,
        )
        async with self._reads.connect() as connection:
            rows = await connection.execute(
                select(refunds, orders.c.number.label("order_number"))
                .join(orders, orders.c.id == refunds.c.order_id)
                .where(unfinished, overdue)
                .order_by(refunds.c.requested_at, refunds.c.id)
                .limit(limit)
            )
            return tuple((refund_of(row), row.order_number) for row in rows)

    async def returns(self, order_id: OrderId) -> tuple[Return, ...]:
        async with self._reads.connect() as connection:
            return await SqlReturns(connection, [], self._vault).list(order_id)

    async def withheld(self, order_id: OrderId) -> str:
        async with self._reads.connect() as connection:
            return (await withheld_reasons(connection, [order_id])).get(order_id, "")

    async def listed_returns(
        self, state: ReturnState | None, part: Slice
    ) -> PageOf[tuple[Return, str]]:
        states = OPEN_RETURNS if state is None else (str(state),)
        page = (
            select(returns, orders.c.number.label("order_number"))
            .join(orders, orders.c.id == returns.c.order_id)
            .where(returns.c.state.in_(states))
        )
        async with self._reads.connect() as connection:
            found = (await connection.execute(RETURNS_BY_TIME.select(page, part))).all()
        rows, after, before = RETURNS_BY_TIME.page(found, part)
        keys = await self._vault.keys(row.data_key_id for row in rows)
        return PageOf(
            tuple((return_of(row, keys), row.order_number) for row in rows), after, before
        )

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
        page = order_page(customer_id, state, matching(words, self._vault), cursor)
        async with self._reads.connect() as connection:
            rows = (await connection.execute(page.limit(limit + 1))).all()
            # Members see their own orders in full; only the back office gets withheld orders.
            shown = await self._summaries(
                connection, rows[:limit], language, for_staff=customer_id is None
            )
        if len(rows) <= limit:
            return shown, ""
        return shown, write_cursor(rows[limit - 1].placed_at.isoformat(), rows[limit - 1].id)

    async def listed(
        self, criteria: OrderCriteria, part: Slice, language: str
    ) -> PageOf[OrderSummary]:
        page = orders_for_staff(criteria, part, self._vault)
        async with self._reads.connect() as connection:
            rows, after, before = BY_TIME.page((await connection.execute(page)).all(), part)
            shown = await self._summaries(connection, rows, language, for_staff=True)
        return PageOf(shown, after, before)

    async def _summaries(
        self,
        connection: AsyncConnection,
        rows: Sequence[Row[Any]],
        language: str,
        *,
        for_staff: bool,
    ) -> tuple[OrderSummary, ...]:
        ids = [row.id for row in rows]
        lines = await lines_of(connection, ids)
        withheld = await withheld_reasons(connection, ids) if for_staff else {}
        hidden = {order_id for order_id, reason in withheld.items() if reason != "open"}
        keys = await self._vault.keys(row.data_key_id for row in rows)
        summaries = ((row.id, self._summary(row, lines[row.id], language, keys)) for row in rows)
        return tuple(
            replace(summary, recipient="") if order_id in hidden else summary
            for order_id, summary in summaries
        )

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
            return tuple(ProductId(product_id) for product_id in await connection.scalars(latest))

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

    async def figures(self, since: date, currency: str) -> tuple[DayFigures, ...]:
        day: Any = (
            func.date(orders.c.placed_at, "+8 hours")
            if self._sqlite
            else cast(func.timezone("Asia/Shanghai", orders.c.placed_at), Date)
        )
        async with self._reads.connect() as connection:
            rows = await connection.execute(
                select(
                    day.label("day"),
                    func.count().label("orders"),
                    func.sum(orders.c.total_minor).label("revenue"),
                )
                .where(
                    orders.c.placed_at >= start_of(since),
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


def _purchase_order(row: Row[Any], now: datetime) -> PurchaseOrder:
    total = Money(row.total_minor, row.currency)
    payable = is_payable(OrderState(row.state), row.pay_before, holds_from(row.holds), now)
    due = due_of(total, instalments_from(row.instalments, row.currency))
    return PurchaseOrder(
        number=row.number,
        state=_stage(row),
        total=total,
        due=due if payable else Money.zero(row.currency),
    )


def _stage(row: Row[Any]) -> OrderStage:
    return stage_of(OrderState(row.state), FulfillmentState(row.fulfillment))
