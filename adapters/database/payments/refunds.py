"""The repository of refunds. Its statements check that refunds never exceed the payment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import claim_due, save_versioned
from adapters.database.tables.orders import order_lines
from adapters.database.tables.payments import payments, refunds
from core.domain.errors import RefundTooLarge
from core.domain.events import Event
from core.domain.identifiers import OrderId, PaymentId, RefundId, Sku
from core.domain.money import Money
from core.domain.payments.refund import Refund, RefundReason, RefundState

BY_REFERENCE = (
    select(refunds).where(refunds.c.reference == bindparam("reference")).with_for_update()
)


OF_ORDER = select(refunds).where(refunds.c.order_id == bindparam("of_order")).order_by(refunds.c.id)


_amount: Any = bindparam("amount")


RESERVE_AMOUNT = (
    update(payments)
    .where(
        payments.c.id == bindparam("of_payment"),
        payments.c.refund_minor + _amount <= payments.c.captured_minor,
    )
    .values(refund_minor=payments.c.refund_minor + _amount)
)


RELEASE_AMOUNT = (
    update(payments)
    .where(payments.c.id == bindparam("of_payment"))
    .values(refund_minor=payments.c.refund_minor - _amount)
)


_units: Any = bindparam("units")


_line = (
    order_lines.c.order_id == bindparam("of_order"),
    order_lines.c.sku == bindparam("of_sku"),
)


RESERVE_UNITS = (
    update(order_lines)
    .where(*_line, order_lines.c.refunded + _units <= order_lines.c.quantity)
    .values(refunded=order_lines.c.refunded + _units)
)


RELEASE_UNITS = update(order_lines).where(*_line).values(refunded=order_lines.c.refunded - _units)


class SqlRefunds:
    def __init__(self, connection: AsyncConnection, events: list[Event]) -> None:
        self._connection = connection
        self._events = events

    async def find_for_update(self, reference: str) -> Refund | None:
        row = (await self._connection.execute(BY_REFERENCE, {"reference": reference})).first()
        return None if row is None else _refund(row)

    async def claim_due(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[Refund, ...]:
        rows = await claim_due(
            self._connection,
            refunds,
            refunds.c.check_at,
            now=now,
            limit=limit,
            leased_until=leased_until,
        )
        return tuple(_refund(row) for row in rows)

    async def list(self, order_id: OrderId) -> tuple[Refund, ...]:
        rows = await self._connection.execute(OF_ORDER, {"of_order": order_id})
        return tuple(_refund(row) for row in rows)

    async def reserve_amount(self, payment_id: PaymentId, amount: Money) -> None:
        changed = await self._connection.execute(
            RESERVE_AMOUNT, {"of_payment": payment_id, "amount": amount.minor}
        )
        if changed.rowcount == 0:
            raise RefundTooLarge(await self._refundable(payment_id, amount.currency))

    async def release_amount(self, payment_id: PaymentId, amount: Money) -> None:
        await self._connection.execute(
            RELEASE_AMOUNT, {"of_payment": payment_id, "amount": amount.minor}
        )

    async def reserve_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        # In SKU order, so that concurrent refunds of an order never deadlock.
        for sku, units in sorted(quantities.items()):
            changed = await self._connection.execute(
                RESERVE_UNITS, {"of_order": order_id, "of_sku": sku, "units": units}
            )
            if changed.rowcount == 0:
                raise RefundTooLarge(f"0 × {sku}")

    async def release_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        for sku, units in sorted(quantities.items()):
            await self._connection.execute(
                RELEASE_UNITS, {"of_order": order_id, "of_sku": sku, "units": units}
            )

    async def save(self, refund: Refund) -> None:
        refund.version = await save_versioned(
            self._connection,
            refunds,
            refund_row(refund),
            version=refund.version,
            kind="refund",
            key=refund.reference,
        )
        self._events += refund.events
        refund.events.clear()

    async def _refundable(self, payment_id: PaymentId, currency: str) -> Money:
        row = (
            await self._connection.execute(
                select(payments.c.captured_minor, payments.c.refund_minor).where(
                    payments.c.id == payment_id
                )
            )
        ).one()
        return Money(row.captured_minor - row.refund_minor, currency)


def refund_row(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "order_id": refund.order_id,
        "return_id": refund.return_id,
        "gateway": refund.gateway,
        "reference": refund.reference,
        "provider_reference": refund.provider_reference,
        "amount_minor": refund.amount.minor,
        "currency": refund.amount.currency,
        "reason": str(refund.reason),
        "quantities": dict(refund.quantities),
        "state": str(refund.state),
        "failure": refund.failure,
        "requested_at": refund.requested_at,
        "actor": refund.actor,
        "check_at": refund.check_at,
        "tries": refund.tries,
    }


def _refund(row: Row[Any]) -> Refund:
    return Refund(
        id=RefundId(row.id),
        payment_id=PaymentId(row.payment_id),
        order_id=OrderId(row.order_id),
        gateway=row.gateway,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        reason=RefundReason(row.reason),
        requested_at=row.requested_at,
        actor=row.actor,
        quantities=row.quantities,
        return_id=row.return_id,
        state=RefundState(row.state),
        provider_reference=row.provider_reference,
        failure=row.failure,
        check_at=row.check_at,
        tries=row.tries,
        version=row.version,
    )
