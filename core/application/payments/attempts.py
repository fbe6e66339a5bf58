"""Follows open payment attempts: queries, polls and closes them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import SECURED, RecordPaymentOutcome
from core.application.payments.references import reference_of
from core.application.retries import retrying
from core.domain.errors import DomainError
from core.domain.events import OrderPaid
from core.domain.identifiers import OrderId
from core.domain.payments.payment import OPEN, UNCAPTURED, Payment, check_delay
from ports.clock import Clock
from ports.errors import PortError
from ports.events.outbox import Envelope
from ports.orders import OrderQueries
from ports.payments.gateway import GatewayPayment, GatewayStatus
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class CheckPayments:
    """Ask the gateways about an order's open attempts: for when a notification is late."""

    order_queries: OrderQueries
    gateways: Gateways
    record_outcome: RecordPaymentOutcome

    async def __call__(self, order_id: OrderId) -> None:
        for payment in await self.order_queries.payments(order_id):
            if payment.is_open and payment.gateway in self.gateways.by_code:
                await self.check(payment)

    async def check(self, payment: Payment) -> None:
        """What cannot be asked, or does not fit, is left to the next time."""
        try:
            known = await self.gateways.get(payment.gateway).query(reference_of(payment))
            if known.status in SECURED:
                await self.record_outcome.payment(known, payment.gateway)
        except (PortError, DomainError):
            return


@dataclass(frozen=True, slots=True)
class PollPayments:
    """Ask about every attempt that is due, and close those whose time is over; how many.

    Any number of workers may do it at once: each attempt is with one of them at a time.
    """

    units: UnitsOfWork
    check_payments: CheckPayments
    close_payment: "ClosePayment"
    follow_up_authorization: Callable[[Payment], Awaitable[None]]
    now: Clock

    async def __call__(self, limit: int = 50) -> int:
        now = self.now()
        async with self.units() as unit:
            due = await unit.payments.claim_due(now, limit, now + check_delay(0))
            await unit.commit()
        for payment in due:
            await self._look_after(payment)
        return len(due)

    async def _look_after(self, payment: Payment) -> None:
        now = self.now()
        if payment.state in UNCAPTURED:
            await self.follow_up_authorization(payment)
        else:
            await self.check_payments.check(payment)
            if payment.expires_at <= now:
                await self.close_payment(payment)

        async def come_back() -> None:
            async with self.units() as unit:
                known = await unit.payments.find_for_update(payment.reference)
                if known is not None and known.state in OPEN | UNCAPTURED:
                    known.schedule_check(now)
                    await unit.payments.save(known)
                    await unit.commit()

        await retrying(come_back)


@dataclass(frozen=True, slots=True)
class ClosePayment:
    """Make sure that an attempt can no longer be paid; false if it was paid, or may have been.

    After closing, the gateway is asked once more: some answer a close politely and mean
    nothing by it.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    now: Clock

    async def __call__(self, payment: Payment) -> bool:
        try:
            known = await self._closed(payment)
            if known.status in SECURED:
                await self.record_outcome.payment(known, payment.gateway)
                return False
        except (PortError, DomainError):
            return False
        if known.status is GatewayStatus.PENDING:
            return False

        async def close() -> None:
            async with self.units() as unit:
                ours = await unit.payments.find_for_update(payment.reference)
                if ours is not None and ours.is_open:
                    ours.close(self.now())
                    await unit.payments.save(ours)
                    await unit.commit()

        await retrying(close)
        return True

    async def _closed(self, payment: Payment) -> GatewayPayment:
        gateway, meant = self.gateways.get(payment.gateway), reference_of(payment)
        known = await gateway.close(meant)
        if known.status in SECURED:
            return known
        asked = await gateway.query(meant)
        both_gone = {known.status, asked.status} <= {GatewayStatus.CLOSED, GatewayStatus.NOT_FOUND}
        return known if both_gone else asked


@dataclass(frozen=True, slots=True)
class ClosePayments:
    """Make sure that an order can no longer be paid; false if it was, or may have been."""

    order_queries: OrderQueries
    close_payment: ClosePayment

    async def __call__(self, order_id: OrderId) -> bool:
        closed = True
        for payment in await self.order_queries.payments(order_id):
            if payment.is_open:
                closed = await self.close_payment(payment) and closed
        return closed


@dataclass(frozen=True, slots=True)
class ClosePaidOrders:
    """Once an order is paid, make its other attempts impossible to pay."""

    close_payments: ClosePayments

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if isinstance(envelope.event, OrderPaid):
                await self.close_payments(envelope.event.order_id)
