"""Queries, polls and closes open payments."""

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
    """Query the gateways for the open payments of an order, in case a notification is late."""

    order_queries: OrderQueries
    gateways: Gateways
    record_outcome: RecordPaymentOutcome

    async def __call__(self, order_id: OrderId) -> None:
        for payment in await self.order_queries.payments(order_id):
            if payment.is_open and payment.gateway in self.gateways.by_code:
                await self.check(payment)

    async def check(self, payment: Payment) -> None:
        """Query one payment. Errors are ignored: the poll tries again."""
        try:
            reported = await self.gateways.get(payment.gateway).query(reference_of(payment))
            if reported.status in SECURED:
                await self.record_outcome.payment(reported, payment.gateway)
        except (PortError, DomainError):
            return


@dataclass(frozen=True, slots=True)
class PollPayments:
    """Query the payments that are due, and close the expired ones. Returns the number of payments.

    Safe for any number of concurrent workers: a lease gives each payment to one of them.
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
            await self._follow_up(payment)
        return len(due)

    async def _follow_up(self, payment: Payment) -> None:
        now = self.now()
        if payment.state in UNCAPTURED:
            await self.follow_up_authorization(payment)
        else:
            await self.check_payments.check(payment)
            if payment.expires_at <= now:
                await self.close_payment(payment)

        async def schedule_next() -> None:
            async with self.units() as unit:
                locked = await unit.payments.find_for_update(payment.reference)
                if locked is not None and locked.state in OPEN | UNCAPTURED:
                    locked.schedule_check(now)
                    await unit.payments.save(locked)
                    await unit.commit()

        await retrying(schedule_next)


@dataclass(frozen=True, slots=True)
class ClosePayment:
    """Close a payment at the gateway, so that it cannot be paid any more.

    Returns false if it is paid, or if its state is unknown.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    now: Clock

    async def __call__(self, payment: Payment) -> bool:
        try:
            reported = await self._close_at_gateway(payment)
            if reported.status in SECURED:
                await self.record_outcome.payment(reported, payment.gateway)
                return False
        except (PortError, DomainError):
            return False
        if reported.status is GatewayStatus.PENDING:
            return False

        async def close() -> None:
            async with self.units() as unit:
                locked = await unit.payments.find_for_update(payment.reference)
                if locked is not None and locked.is_open:
                    locked.close(self.now())
                    await unit.payments.save(locked)
                    await unit.commit()

        await retrying(close)
        return True

    async def _close_at_gateway(self, payment: Payment) -> GatewayPayment:
        gateway, reference = self.gateways.get(payment.gateway), reference_of(payment)
        closed = await gateway.close(reference)
        if closed.status in SECURED:
            return closed
        # Some gateways confirm a close that has no effect, so the result is queried.
        queried = await gateway.query(reference)
        unpayable = {GatewayStatus.CLOSED, GatewayStatus.NOT_FOUND}
        return closed if {closed.status, queried.status} <= unpayable else queried


@dataclass(frozen=True, slots=True)
class ClosePayments:
    """Close all open payments of an order. Returns false if one is paid or its state is unknown."""

    order_queries: OrderQueries
    close_payment: ClosePayment

    async def __call__(self, order_id: OrderId) -> bool:
        closed = True
        for payment in await self.order_queries.payments(order_id):
            if payment.is_open:
                closed = await self.close_payment(payment) and closed
        return closed


@dataclass(frozen=True, slots=True)
class CloseOtherPayments:
    """Subscriber that closes the other open payments of a paid order."""

    close_payments: ClosePayments

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if isinstance(envelope.event, OrderPaid):
                await self.close_payments(envelope.event.order_id)
