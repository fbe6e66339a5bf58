"""Movements of the payment ledger, and reports of reconciliations."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, case, exists, or_, select

from adapters.database.documents import instalments_from
from adapters.database.engine import Database
from adapters.database.keyset import Keyset
from adapters.database.payments.shares import shares_from
from adapters.database.statements import upsert
from adapters.database.tables.orders import orders
from adapters.database.tables.payments import payment_entries, payments, reconciliations, refunds
from core.domain.money import Money
from core.domain.orders.states import OrderState
from core.domain.payments.reconciliation import Movement, Report, Side
from core.domain.payments.shares import Share
from ports.pagination import PageOf, Slice

Key = tuple[Side, str, str]
BY_DAY = Keyset((reconciliations.c.day, reconciliations.c.gateway), (date.fromisoformat, str))


refunding = exists().where(
    refunds.c.payment_id == payments.c.id,
    refunds.c.paid_order_id == orders.c.id,
    refunds.c.state != "failed",
)


# One row for each order of the purchase.
LEDGER = (
    select(
        payment_entries.c.id,
        payment_entries.c.kind,
        payment_entries.c.key,
        payment_entries.c.amount_minor,
        payment_entries.c.currency,
        payment_entries.c.at,
        payments.c.reference,
        payments.c.shares,
        orders.c.id.label("order_id"),
        orders.c.number,
        orders.c.state,
        orders.c.instalments,
        case((refunding, 1), else_=0).label("refunding"),
    )
    .join(payments, payments.c.id == payment_entries.c.payment_id)
    .join(orders, orders.c.purchase_id == payments.c.purchase_id)
    .where(
        payment_entries.c.kind.in_(["captured", "refund_succeeded"]),
        or_(payment_entries.c.order_id.is_(None), payment_entries.c.order_id == orders.c.id),
    )
    .order_by(payment_entries.c.id, orders.c.id)
)


class SqlReconciliations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def movements(self, gateway: str, begin: datetime, end: datetime) -> tuple[Movement, ...]:
        statement = LEDGER.where(
            payments.c.gateway == gateway,
            payment_entries.c.at >= begin,
            payment_entries.c.at < end,
        )
        return await self._read(statement)

    async def find(self, gateway: str, keys: Sequence[Key]) -> Mapping[Key, Movement]:
        references = sorted({reference for _, reference, _ in keys})
        numbers = sorted({number for _, _, number in keys if number})
        statement = LEDGER.where(
            payments.c.gateway == gateway,
            or_(
                and_(payment_entries.c.kind == "captured", payments.c.reference.in_(references)),
                payment_entries.c.key.in_(numbers),
            ),
        )
        return {each.key: each for each in await self._read(statement)}

    async def save(self, report: Report) -> None:
        values = {"made_at": report.made_at, "report": msgspec.to_builtins(report)}
        async with self._database.writes.begin() as connection:
            await connection.execute(
                upsert(connection, reconciliations)
                .values(gateway=report.gateway, day=report.day, **values)
                .on_conflict_do_update(index_elements=["gateway", "day"], set_=values)
            )

    async def report(self, gateway: str, day: date) -> Report | None:
        statement = select(reconciliations.c.report).where(
            reconciliations.c.gateway == gateway, reconciliations.c.day == day
        )
        async with self._database.reads.connect() as connection:
            document = (await connection.execute(statement)).scalar()
        return None if document is None else msgspec.convert(document, Report, strict=False)

    async def reports(self, limit: int) -> tuple[Report, ...]:
        statement = (
            select(reconciliations.c.report)
            .order_by(reconciliations.c.day.desc(), reconciliations.c.gateway)
            .limit(limit)
        )
        async with self._database.reads.connect() as connection:
            rows = (await connection.execute(statement)).scalars().all()
        return tuple(msgspec.convert(row, Report, strict=False) for row in rows)

    async def listed(self, gateway: str, part: Slice) -> PageOf[Report]:
        page = select(reconciliations)
        if gateway:
            page = page.where(reconciliations.c.gateway == gateway)
        async with self._database.reads.connect() as connection:
            found = (await connection.execute(BY_DAY.select(page, part))).all()
        rows, after, before = BY_DAY.page(found, part)
        reports = (msgspec.convert(row.report, Report, strict=False) for row in rows)
        return PageOf(tuple(reports), after, before)

    async def _read(self, statement: Select[Any]) -> tuple[Movement, ...]:
        async with self._database.reads.connect() as connection:
            rows = await connection.execute(statement)
            return tuple(
                _movement(list(group)) for _, group in groupby(rows, key=lambda row: row.id)
            )


def _movement(rows: Sequence[Row[Any]]) -> Movement:
    """One entry, with the orders of its purchase: the first one that lacks its money counts."""
    shares = {each.order_id: each for each in shares_from(rows[0].shares, rows[0].currency)}
    paid = [_of_order(row, shares[row.order_id]) for row in rows if row.order_id in shares]
    return next((each for each in paid if each.lacks_order), paid[0])


def _of_order(row: Row[Any], share: Share) -> Movement:
    refunded = row.kind == "refund_succeeded"
    instalments = instalments_from(row.instalments, row.currency)
    return Movement(
        side=Side.REFUND if refunded else Side.PAYMENT,
        reference=row.reference,
        refund_reference=row.key if refunded else "",
        amount=Money(row.amount_minor, row.currency),
        at=row.at,
        order_number=row.number,
        order_state=OrderState(row.state),
        has_refund=bool(row.refunding),
        has_instalment=any(each.code == share.instalment and each.paid_at for each in instalments),
    )
