"""Queries, polls and closes open payments."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.application.leases import LEASE, work_through
from core.application.payments.answers import RecordAnswer
from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import SECURED
from core.application.payments.references import reference_of
from core.application.retries import retried, retrying
from core.domain.errors import DomainError, StaleVersion
from core.domain.events import InstalmentPaid, OrderPaid
from core.domain.identifiers import OrderId
from core.domain.payments.payment import OPEN, UNCAPTURED, Payment
from ports.clock import Clock
from ports.errors import PortError
from ports.events.outbox import Envelope
from ports.orders import OrderQueries
from ports.payments.gateway import GatewayPayment, GatewayStatus
from ports.unit_of_work import RepeatableUnits, UnitsOfWork

SILENCE = timedelta(hours=24)
"""How long after its end a payment waits for a usable answer of its gateway."""


@dataclass(frozen=True, slots=True)
class CheckPayments:
    """Query the gateways for the open payments of an order, in case a notification is late.

    All at once, and each at most once in `ASK_INTERVAL`, however many pages are open.
    """

    units: RepeatableUnits
    order_queries: OrderQueries
    gateways: Gateways
    record_answer: RecordAnswer
    now: Clock

    async def __call__(self, order_id: OrderId) -> None:
        now = self.now()
        payments = await self.order_queries.payments(order_id)
        if not any(each.is_open and each.may_be_asked(now) for each in payments):
            return
        claimed = await self._claim(order_id, now)
        known = (each for each in claimed if each.gateway in self.gateways.by_code)
        await asyncio.gather(*map(self.check, known))

    @retried
    async def _claim(self, order_id: OrderId, now: datetime) -> Sequence[Payment]:
        async with self.units() as unit:
            claimed = await unit.payments.claim_questions(order_id, now)
            await unit.commit()
        return claimed

    async def check(self, payment: Payment) -> None:
        """Query one payment. Errors are ignored: the poll tries again.

        An answer that does not fit is in quarantine then.
        """
        try:
            reported = await self.gateways.get(payment.gateway).query(reference_of(payment))
            await self.record_answer.payment(payment, reported)
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
        return await work_through(self._claim, self._follow_up, limit)

    @retried
    async def _claim(self, limit: int) -> Sequence[Payment]:
        now = self.now()
        async with self.units() as unit:
            due = await unit.payments.claim_due(now, limit, now + LEASE)
            await unit.commit()
        return due

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


class Answer(StrEnum):
    """What the gateway says about a payment that is to be closed."""

    PAID = "paid"
    UNPAYABLE = "unpayable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClosePayment:
    """Close a payment at the gateway, so that it cannot be paid any more.

    Returns false if it is paid, or if its state is unknown. It is closed here alone if its
    gateway is not in the settings, if the answer does not fit, or if there is no usable answer
    for `SILENCE` after its end: the order does not wait for ever.
    """

    units: RepeatableUnits
    gateways: Gateways
    record_answer: RecordAnswer
    now: Clock

    async def __call__(self, payment: Payment) -> bool:
        answer = await self._answer(payment)
        if answer is Answer.UNKNOWN and payment.expires_at + SILENCE <= self.now():
            await self.record_answer.silence(payment)
        elif answer is not Answer.UNPAYABLE:
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

    async def _answer(self, payment: Payment) -> Answer:
        if payment.gateway not in self.gateways.by_code:
            return Answer.UNPAYABLE
        try:
            reported = await self._close_at_gateway(payment)
            await self.record_answer.payment(payment, reported)
        except (PortError, StaleVersion):
            return Answer.UNKNOWN
        except DomainError:
            # What does not fit is in quarantine, with its money. Staff return it.
            return Answer.UNPAYABLE
        if reported.status in SECURED:
            return Answer.PAID
        pending = reported.status is GatewayStatus.PENDING
        return Answer.UNKNOWN if pending else Answer.UNPAYABLE

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
    """Close all open payments of an order. Returns false if one is paid or its state is unknown.

    With an ``instalment``, close only those that pay it.
    """

    order_queries: OrderQueries
    close_payment: ClosePayment

    async def __call__(self, order_id: OrderId, instalment: str = "") -> bool:
        closed = True
        for payment in await self.order_queries.payments(order_id):
            share = payment.share_of(order_id)
            wanted = share is not None and instalment in {"", share.instalment}
            if payment.is_open and wanted:
                closed = await self.close_payment(payment) and closed
        return closed


@dataclass(frozen=True, slots=True)
class CloseOtherPayments:
    """Subscriber that closes the other open payments of a paid order, or of a paid instalment."""

    close_payments: ClosePayments

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            match envelope.event:
                case OrderPaid(order_id=order_id):
                    await self.close_payments(order_id)
                case InstalmentPaid(order_id=order_id, instalment=instalment):
                    await self.close_payments(order_id, instalment)
