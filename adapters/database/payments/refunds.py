"""The repository of refunds. Its statements check that refunds never exceed the payment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import claim_due, save_versioned
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.payments import payment_entries, payments, refunds
from core.domain.errors import Invalid, RefundTooLarge
from core.domain.events import Event
from core.domain.identifiers import LineKey, OrderId, PaymentId, RefundId
from core.domain.money import Money
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund, RefundReason, RefundState
from core.domain.payments.shares import TAKING

BY_REFERENCE = select(refunds).where(refunds.c.reference == bindparam("reference"))


# The order is locked before its refund: see "Order of locks" in docs/maintainer/architecture.md.
BY_REFERENCE_FOR_UPDATE = (
    select(refunds)
    .select_from(orders.join(refunds, refunds.c.order_id == orders.c.id))
    .where(refunds.c.reference == bindparam("reference"))
    .with_for_update(of=[orders, refunds])
)


OF_ORDER = select(refunds).where(refunds.c.order_id == bindparam("of_order")).order_by(refunds.c.id)


_amount: Any = bindparam("amount")


RESERVE_AMOUNT = (
    update(payments)
    .where(
        payments.c.id == bindparam("of_payment"),
        payments.c.refund_minor + payments.c.charged_back_minor + _amount
        <= payments.c.captured_minor,
    )
    .values(refund_minor=payments.c.refund_minor + _amount)
)


RELEASE_AMOUNT = (
    update(payments)
    .where(payments.c.id == bindparam("of_payment"))
    .values(refund_minor=payments.c.refund_minor - _amount)
)


REFUNDABLE = select(
    (payments.c.captured_minor - payments.c.refund_minor - payments.c.charged_back_minor).label(
        "left_minor"
    ),
    payments.c.currency,
).where(payments.c.id == bindparam("of_payment"))


TAKEN_OF_SHARE = select(
    func.coalesce(
        func.sum(
            case(
                *(
                    (payment_entries.c.kind == str(kind), payment_entries.c.amount_minor * sign)
                    for kind, sign in TAKING.items()
                ),
                else_=0,
            )
        ),
        0,
    )
).where(
    payment_entries.c.payment_id == bindparam("of_payment"),
    payment_entries.c.order_id == bindparam("of_order"),
)


_units: Any = bindparam("units")


_line = (
    order_lines.c.order_id == bindparam("of_order"),
    order_lines.c.key == bindparam("of_key"),
)


RESERVE_UNITS = (
    update(order_lines)
    .where(*_line, order_lines.c.refunded + _units <= order_lines.c.quantity)
    .values(refunded=order_lines.c.refunded + _units)
    .returning((order_lines.c.refunded - _units).label("before"))
)


RESERVE_SHIPPING = (
    update(orders)
    .where(
        orders.c.id == bindparam("of_order"),
        orders.c.shipping_refunded_minor + orders.c.shipping_paid_minor
        <= orders.c.shipping_paid_minor,
    )
    .values(shipping_refunded_minor=orders.c.shipping_refunded_minor + orders.c.shipping_paid_minor)
)


class SqlRefunds:
    def __init__(self, connection: AsyncConnection, events: list[Event]) -> None:
        self._connection = connection
        self._events = events

    async def find(self, reference: str) -> Refund | None:
        return await self._find(BY_REFERENCE, reference)

    async def find_for_update(self, reference: str) -> Refund | None:
        return await self._find(BY_REFERENCE_FOR_UPDATE, reference)

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
        return tuple(refund_of(row) for row in rows)

    async def list(self, order_id: OrderId) -> tuple[Refund, ...]:
        rows = await self._connection.execute(OF_ORDER, {"of_order": order_id})
        return tuple(refund_of(row) for row in rows)

    async def reserve_amount(self, payment: Payment, paid: OrderId, amount: Money) -> None:
        changed = await self._connection.execute(
            RESERVE_AMOUNT, {"of_payment": payment.id, "amount": amount.minor}
        )
        if changed.rowcount == 0:
            raise RefundTooLarge(await self.refundable(payment, paid))
        # The statement has locked the payment, so the next one sees every refund of the share.
        left = await self._left_of_share(payment, paid)
        if left is not None and left < amount:
            raise RefundTooLarge(left)

    async def refundable(self, payment: Payment, paid: OrderId) -> Money:
        row = (await self._connection.execute(REFUNDABLE, {"of_payment": payment.id})).one()
        left = Money(row.left_minor, row.currency)
        of_share = await self._left_of_share(payment, paid)
        return left if of_share is None else min(left, of_share)

    async def _left_of_share(self, payment: Payment, paid: OrderId) -> Money | None:
        """None for a payment of one order: its share is all of it."""
        share = payment.share_of(paid)
        if share is None or len(payment.shares) == 1:
            return None
        taken = await self._connection.scalar(
            TAKEN_OF_SHARE, {"of_payment": payment.id, "of_order": paid}
        )
        return Money(share.amount.minor - int(taken or 0), share.amount.currency)

    async def release_amount(self, payment_id: PaymentId, amount: Money) -> None:
        await self._connection.execute(
            RELEASE_AMOUNT, {"of_payment": payment_id, "amount": amount.minor}
        )

    async def reserve_units(
        self, order_id: OrderId, quantities: Mapping[LineKey, int]
    ) -> Mapping[LineKey, int]:
        before: dict[LineKey, int] = {}
        # In key order, so that concurrent refunds of an order never deadlock.
        for key, units in sorted(quantities.items()):
            reserved = (
                await self._connection.execute(
                    RESERVE_UNITS, {"of_order": order_id, "of_key": key, "units": units}
                )
            ).first()
            if reserved is None:
                raise RefundTooLarge(f"0 × #{key}")
            before[key] = reserved.before
        return before

    async def reserve_shipping(self, order_id: OrderId) -> None:
        changed = await self._connection.execute(RESERVE_SHIPPING, {"of_order": order_id})
        if changed.rowcount == 0:
            raise Invalid("shipping", "The shipping fee was refunded before.")

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

    async def _find(self, statement: Select[Any], reference: str) -> Refund | None:
        row = (await self._connection.execute(statement, {"reference": reference})).first()
        return None if row is None else refund_of(row)


def refund_row(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "order_id": refund.order_id,
        "paid_order_id": refund.paid_order_id,
        "instalment": refund.instalment,
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


def refund_of(row: Row[Any]) -> Refund:
    return Refund(
        id=RefundId(row.id),
        payment_id=PaymentId(row.payment_id),
        order_id=OrderId(row.order_id),
        paid_order_id=OrderId(row.paid_order_id),
        instalment=row.instalment,
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
