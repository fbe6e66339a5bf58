"""The repository of payments and of their ledger entries."""

import builtins
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.statements import (
    claim_due,
    insert_into,
    is_unique_violation,
    save_versioned,
)
from adapters.database.tables.payments import payment_entries, payments
from core.domain.errors import AlreadyExists, NotFound
from core.domain.identifiers import OrderId, PaymentId
from core.domain.money import Money
from core.domain.payments.ledger import EntryKind, PaymentEntry
from core.domain.payments.payment import CAPTURED, Payment, PaymentState

BY_REFERENCE = select(payments).where(payments.c.reference == bindparam("key")).with_for_update()


BY_ID = select(payments).where(payments.c.id == bindparam("key")).with_for_update()


OF_ORDER = select(payments).where(payments.c.order_id == bindparam("key")).order_by(payments.c.id)


ENTRIES = (
    select(payment_entries)
    .where(payment_entries.c.payment_id == bindparam("key"))
    .order_by(payment_entries.c.id)
)


ENTRIES_OF_ORDER = (
    select(payment_entries)
    .join(payments, payments.c.id == payment_entries.c.payment_id)
    .where(payments.c.order_id == bindparam("key"))
    .order_by(payment_entries.c.id)
)


class SqlPayments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find_for_update(self, reference: str) -> Payment | None:
        row = (await self._connection.execute(BY_REFERENCE, {"key": reference})).first()
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

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        rows = await self._connection.execute(OF_ORDER, {"key": order_id})
        return tuple(_payment(row) for row in rows)

    async def entries(self, payment_id: PaymentId) -> tuple[PaymentEntry, ...]:
        rows = await self._connection.execute(ENTRIES, {"key": payment_id})
        return tuple(_entry(row) for row in rows)

    async def ledgers(self, order_id: OrderId) -> dict[PaymentId, builtins.list[PaymentEntry]]:
        """The ledger entries of each payment of an order, oldest first."""
        ledgers: dict[PaymentId, builtins.list[PaymentEntry]] = {}
        for row in await self._connection.execute(ENTRIES_OF_ORDER, {"key": order_id}):
            ledgers.setdefault(PaymentId(row.payment_id), []).append(_entry(row))
        return ledgers

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
        "order_id": payment.order_id,
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
        **({"refund_minor": 0} if payment.version == 0 else {}),
    }


def entry_rows(payment: Payment) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "payment_id": payment.id,
            "kind": str(entry.kind),
            "key": entry.key,
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
    )


def _payment(row: Row[Any]) -> Payment:
    return Payment(
        id=PaymentId(row.id),
        order_id=OrderId(row.order_id),
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
        version=row.version,
    )
