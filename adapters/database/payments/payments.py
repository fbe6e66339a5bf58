"""The repository of payments and of their ledger entries."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.payments.refunds import REFUNDABLE
from adapters.database.payments.shares import shares_from, shares_to
from adapters.database.statements import (
    claim_due,
    insert_into,
    is_unique_violation,
    save_versioned,
)
from adapters.database.tables.orders import orders
from adapters.database.tables.payments import payment_entries, payments
from core.domain.errors import AlreadyExists, NotFound
from core.domain.identifiers import OrderId, PaymentId, PurchaseId
from core.domain.money import Money
from core.domain.payments.balances import PaymentLedger
from core.domain.payments.ledger import EntryKind, PaymentEntry
from core.domain.payments.payment import ASK_INTERVAL, CAPTURED, OPEN, Payment, PaymentState
from core.domain.payments.shares import too_much_taken

BY_REFERENCE = select(payments).where(payments.c.reference == bindparam("key"))


# The caller has locked the orders of the payment, unless it changes the payment alone: see
# "Order of locks" in docs/maintainer/architecture.md.
BY_REFERENCE_FOR_UPDATE = BY_REFERENCE.with_for_update()


BY_ID = select(payments).where(payments.c.id == bindparam("key")).with_for_update()


_purchase_of_order = (
    select(orders.c.purchase_id).where(orders.c.id == bindparam("of_order")).scalar_subquery()
)


OF_PURCHASE = (
    select(payments).where(payments.c.purchase_id == bindparam("key")).order_by(payments.c.id)
)


OF_ORDER = (
    select(payments).where(payments.c.purchase_id == _purchase_of_order).order_by(payments.c.id)
)


# The payments of an order that is paid alone have its id.
MOVE = (
    update(payments)
    .where(payments.c.purchase_id.in_(bindparam("of_orders", expanding=True)))
    .values(purchase_id=bindparam("to_purchase"))
)


ENTRIES = (
    select(payment_entries)
    .where(payment_entries.c.payment_id == bindparam("key"))
    .order_by(payment_entries.c.id)
)


# An entry has a currency and an amount too, so its columns have names of their own.
LEDGERS = (
    select(payments, *(column.label(f"entry_{column.name}") for column in payment_entries.c))
    .outerjoin(payment_entries, payment_entries.c.payment_id == payments.c.id)
    .where(payments.c.purchase_id == _purchase_of_order)
    .order_by(payments.c.id, payment_entries.c.id)
)


CLAIM_QUESTIONS = (
    update(payments)
    .where(
        payments.c.purchase_id == _purchase_of_order,
        payments.c.state.in_(sorted(OPEN)),
        or_(payments.c.asked_at.is_(None), payments.c.asked_at <= bindparam("asked_before")),
    )
    .values(asked_at=bindparam("now"))
    .returning(payments)
)


_amount: Any = bindparam("amount")


CHARGE_BACK = (
    update(payments)
    .where(
        payments.c.id == bindparam("of_payment"),
        payments.c.refund_minor + payments.c.charged_back_minor + _amount
        <= payments.c.captured_minor,
    )
    .values(charged_back_minor=payments.c.charged_back_minor + _amount)
)


REINSTATE = (
    update(payments)
    .where(payments.c.id == bindparam("of_payment"))
    .values(charged_back_minor=payments.c.charged_back_minor - _amount)
)


class SqlPayments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, reference: str) -> Payment | None:
        row = (await self._connection.execute(BY_REFERENCE, {"key": reference})).first()
        return None if row is None else _payment(row)

    async def find_for_update(self, reference: str) -> Payment | None:
        row = (await self._connection.execute(BY_REFERENCE_FOR_UPDATE, {"key": reference})).first()
        return None if row is None else _payment(row)

    async def get_for_update(self, payment_id: PaymentId) -> Payment:
        row = (await self._connection.execute(BY_ID, {"key": payment_id})).first()
        if row is None:
            raise NotFound("payment", payment_id)
        return _payment(row)

    async def claim_due(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[Payment, ...]:
        rows = await claim_due(
            self._connection,
            payments,
            payments.c.check_at,
            now=now,
            limit=limit,
            leased_until=leased_until,
        )
        return tuple(_payment(row) for row in rows)

    async def claim_questions(self, order_id: OrderId, now: datetime) -> tuple[Payment, ...]:
        rows = await self._connection.execute(
            CLAIM_QUESTIONS,
            {"of_order": order_id, "asked_before": now - ASK_INTERVAL, "now": now},
        )
        return tuple(_payment(row) for row in rows)

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        rows = await self._connection.execute(OF_ORDER, {"of_order": order_id})
        return tuple(each for each in map(_payment, rows) if each.share_of(order_id))

    async def of_purchase(self, purchase_id: PurchaseId) -> tuple[Payment, ...]:
        rows = await self._connection.execute(OF_PURCHASE, {"key": purchase_id})
        return tuple(_payment(row) for row in rows)

    async def move(self, order_ids: Sequence[OrderId], purchase_id: PurchaseId) -> None:
        await self._connection.execute(MOVE, {"of_orders": order_ids, "to_purchase": purchase_id})

    async def entries(self, payment_id: PaymentId) -> tuple[PaymentEntry, ...]:
        rows = await self._connection.execute(ENTRIES, {"key": payment_id})
        return tuple(_entry(row) for row in rows)

    async def ledgers(self, order_id: OrderId) -> tuple[PaymentLedger, ...]:
        """The payments of an order with their ledger entries, oldest first."""
        rows = await self._connection.execute(LEDGERS, {"of_order": order_id})
        ledgers = (_ledger(list(group)) for _, group in groupby(rows, key=lambda row: row.id))
        return tuple(each for each in ledgers if each.payment.share_of(order_id))

    async def charge_back(self, payment_id: PaymentId, amount: Money) -> None:
        values = {"of_payment": payment_id, "amount": amount.minor}
        if (await self._connection.execute(CHARGE_BACK, values)).rowcount == 0:
            left = (await self._connection.execute(REFUNDABLE, values)).one().left_minor
            raise too_much_taken(Money(left, amount.currency))

    async def reinstate_chargeback(self, payment_id: PaymentId, amount: Money) -> None:
        await self._connection.execute(
            REINSTATE, {"of_payment": payment_id, "amount": amount.minor}
        )

    async def save(self, payment: Payment) -> None:
        payment.version = await save_versioned(
            self._connection,
            payments,
            payment_row(payment),
            version=payment.version,
            kind="payment",
            key=payment.reference,
        )
        if not payment.entries:
            return
        try:
            await self._connection.execute(insert_into(payment_entries), entry_rows(payment))
        except IntegrityError as error:
            if is_unique_violation(error):
                raise AlreadyExists("payment", payment.reference) from error
            raise
        payment.entries.clear()


def payment_row(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "shares": shares_to(payment.shares),
        "gateway": payment.gateway,
        "account": payment.account,
        "reference": payment.reference,
        "provider_reference": payment.provider_reference,
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "state": str(payment.state),
        "created_at": payment.created_at,
        "expires_at": payment.expires_at,
        "paid_at": payment.paid_at,
        "check_at": payment.check_at,
        "checks": payment.checks,
        "captured_minor": payment.amount.minor if payment.state in CAPTURED else 0,
        **(_new_columns(payment) if payment.version == 0 else {}),
    }


def _new_columns(payment: Payment) -> dict[str, Any]:
    """Columns that statements of their own change later."""
    return {"purchase_id": payment.purchase_id, "refund_minor": 0, "charged_back_minor": 0}


def entry_rows(payment: Payment) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "payment_id": payment.id,
            "kind": str(entry.kind),
            "key": entry.key,
            "order_id": entry.order_id,
            "amount_minor": entry.amount.minor,
            "currency": entry.amount.currency,
            "at": entry.at,
        }
        for entry in payment.entries
    ]


def _entry(row: Row[Any]) -> PaymentEntry:
    return PaymentEntry(
        kind=EntryKind(row.kind),
        key=row.key,
        amount=Money(row.amount_minor, row.currency),
        at=row.at,
        order_id=row.order_id,
    )


def _ledger(rows: Sequence[Row[Any]]) -> PaymentLedger:
    """The rows of one payment; one without an entry if it has none."""
    return PaymentLedger(
        _payment(rows[0]),
        tuple(
            PaymentEntry(
                kind=EntryKind(row.entry_kind),
                key=row.entry_key,
                amount=Money(row.entry_amount_minor, row.entry_currency),
                at=row.entry_at,
                order_id=row.entry_order_id,
            )
            for row in rows
            if row.entry_id is not None
        ),
    )


def _payment(row: Row[Any]) -> Payment:
    return Payment(
        id=PaymentId(row.id),
        purchase_id=PurchaseId(row.purchase_id),
        shares=shares_from(row.shares, row.currency),
        gateway=row.gateway,
        account=row.account,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=PaymentState(row.state),
        provider_reference=row.provider_reference,
        paid_at=row.paid_at,
        check_at=row.check_at,
        checks=row.checks,
        asked_at=row.asked_at,
        version=row.version,
    )
