"""The repositories of payments, and of what gateways told us."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import save_versioned, upsert
from adapters.database.tables import notifications, payments
from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.payment import Payment, PaymentState

CLAIMED = select(payments).where(payments.c.reference == bindparam("reference")).with_for_update()
OF_ORDER = (
    select(payments).where(payments.c.order_id == bindparam("order_id")).order_by(payments.c.id)
)


class SqlPayments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, reference: str) -> Payment | None:
        row = (await self._connection.execute(CLAIMED, {"reference": reference})).first()
        return None if row is None else _payment(row)

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        rows = await self._connection.execute(OF_ORDER, {"order_id": order_id})
        return tuple(_payment(row) for row in rows)

    async def save(self, payment: Payment) -> None:
        payment.version = await save_versioned(
            self._connection,
            payments,
            payment_row(payment),
            version=payment.version,
            kind="payment",
            key=payment.reference,
        )


class SqlInbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(
        self, *, gateway: str, account: str, key: str, body: bytes, at: datetime
    ) -> bool:
        added = await self._connection.execute(
            upsert(self._connection, notifications)
            .values(gateway=gateway, account=account, key=key, body=body, received_at=at)
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1


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
    }


def _payment(row: Row[Any]) -> Payment:
    return Payment(
        id=row.id,
        order_id=row.order_id,
        gateway=row.gateway,
        account=row.account,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=PaymentState(row.state),
        provider_reference=row.provider_reference,
        paid_at=row.paid_at,
        version=row.version,
    )
