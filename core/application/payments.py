"""Being paid: asking a gateway, hearing from it, and asking again.

Whatever a gateway says goes through `settle`: notification and query are two ways to
the same place, and the second to arrive finds nothing left to do.
"""

from dataclasses import dataclass
from datetime import datetime

from core.application.gateways import Gateways
from core.application.retrying import retrying
from core.domain.errors import DomainError, IllegalTransition, NotFound
from core.domain.identifiers import OrderId, PaymentId
from core.domain.order import Order, OrderState
from core.domain.payment import Payment, PaymentState
from ports.clock import Clock, NewId, NewNumber
from ports.errors import BadSignature, PortError
from ports.payment import (
    Acknowledgement,
    GatewayPayment,
    GatewayStatus,
    NextAction,
    Notifications,
    PurchaseRequest,
    RawNotification,
)
from ports.storage.ledgers import OrderLedger
from ports.storage.units import Unit, UnitsOfWork

OPEN = {PaymentState.CREATED, PaymentState.PENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAddresses:
    """Where a gateway finds us: ``notify_url`` by itself, ``return_url`` with the browser."""

    notify_url: str
    return_url: str


@dataclass(frozen=True, slots=True)
class StartPayment:
    """Ask a gateway to be paid for an order; the answer says what the buyer does next.

    The attempt is committed before the gateway hears of it, since its notification may be
    faster than its answer. An attempt that is still open is used again.
    """

    units: UnitsOfWork
    gateways: Gateways
    now: Clock
    new_id: NewId
    new_number: NewNumber

    async def __call__(
        self, order_id: OrderId, gateway_code: str, addresses: ReturnAddresses
    ) -> NextAction:
        gateway = self.gateways.get(gateway_code)
        order, payment = await retrying(lambda: self._attempt(order_id, gateway_code))
        return await gateway.purchase(
            PurchaseRequest(
                reference=payment.reference,
                amount=payment.amount,
                subject=order.lines[0].title.in_language(order.language),
                language=order.language,
                expires_at=payment.expires_at,
                notify_url=addresses.notify_url,
                return_url=addresses.return_url,
            )
        )

    async def _attempt(self, order_id: OrderId, gateway_code: str) -> tuple[Order, Payment]:
        now = self.now()
        async with self.units() as unit:
            order = await unit.orders.claim(order_id)
            if order.state is not OrderState.PLACED or order.pay_before <= now:
                raise IllegalTransition("order", order.state, "pay")
            for known in await unit.payments.list(order_id):
                if known.gateway == gateway_code and known.state in OPEN:
                    return order, known
            payment = Payment(
                id=PaymentId(self.new_id()),
                order_id=order_id,
                gateway=gateway_code,
                account=self.gateways.get(gateway_code).account,
                reference=self.new_number(),
                amount=order.total,
                created_at=now,
                expires_at=order.pay_before,
            )
            payment.ask()
            await unit.payments.save(payment)
            await unit.commit()
        return order, payment


@dataclass(frozen=True, slots=True)
class ReceiveNotification:
    """Hear what a gateway has to say, once, and answer it.

    Only what was surely said by the gateway, and is about money that we asked for, is
    acknowledged; it is, too, when it comes again.
    """

    units: UnitsOfWork
    gateways: Gateways
    now: Clock

    async def __call__(self, gateway_code: str, raw: RawNotification) -> Acknowledgement:
        gateway = self.gateways.get(gateway_code)
        if not isinstance(gateway, Notifications):
            raise NotFound("notification address", gateway_code)
        try:
            heard = await gateway.verify(raw)
        except BadSignature:
            return gateway.acknowledge(accepted=False)

        async def hear() -> None:
            async with self.units() as unit:
                new = await unit.inbox.record(
                    gateway=gateway_code,
                    account=heard.payment.account,
                    key=heard.key,
                    body=raw.body,
                    at=raw.received_at,
                )
                if new:
                    await settle(unit, heard.payment, gateway_code, self.now())
                await unit.commit()

        await retrying(hear)
        return gateway.acknowledge(accepted=True)


@dataclass(frozen=True, slots=True)
class CheckPayments:
    """Ask the gateways about an order's open attempts: for when a notification is late."""

    units: UnitsOfWork
    ledger: OrderLedger
    gateways: Gateways
    now: Clock

    async def __call__(self, order_id: OrderId) -> None:
        for payment in await self.ledger.payments(order_id):
            if payment.state not in OPEN or payment.gateway not in self.gateways.by_code:
                continue
            try:
                known = await self.gateways.get(payment.gateway).query(payment.reference)
                if known.status is GatewayStatus.PAID:
                    await apply(self.units, known, payment.gateway, self.now)
            except (PortError, DomainError):
                continue


@dataclass(frozen=True, slots=True)
class ClosePayments:
    """Make sure that an order can no longer be paid; false if it was paid, or may have been."""

    units: UnitsOfWork
    ledger: OrderLedger
    gateways: Gateways
    now: Clock

    async def __call__(self, order_id: OrderId) -> bool:
        closed = True
        for payment in await self.ledger.payments(order_id):
            if payment.state in OPEN:
                closed = await self._close(payment) and closed
        return closed

    async def _close(self, payment: Payment) -> bool:
        try:
            known = await self.gateways.get(payment.gateway).close(payment.reference)
            if known.status is GatewayStatus.PAID:
                await apply(self.units, known, payment.gateway, self.now)
                return False
        except (PortError, DomainError):
            return False
        if known.status is GatewayStatus.PENDING:
            return False

        async def close() -> None:
            async with self.units() as unit:
                ours = await unit.payments.claim(payment.reference)
                if ours is not None and ours.state in OPEN:
                    ours.close()
                    await unit.payments.save(ours)
                    await unit.commit()

        await retrying(close)
        return True


async def apply(units: UnitsOfWork, known: GatewayPayment, gateway_code: str, now: Clock) -> None:
    async def once() -> None:
        async with units() as unit:
            await settle(unit, known, gateway_code, now())
            await unit.commit()

    await retrying(once)


async def settle(unit: Unit, known: GatewayPayment, gateway_code: str, now: datetime) -> None:
    """Make what a gateway says true here, if it is money that we asked for.

    Raises:
        NotFound: no attempt has this reference.
        PaymentMismatch: another account, amount or currency.
    """
    if known.status is not GatewayStatus.PAID or known.amount is None:
        return
    payment = await unit.payments.claim(known.reference)
    if payment is None or payment.gateway != gateway_code:
        raise NotFound("payment", known.reference)
    payment.check(known.account, known.amount)
    if not payment.settle(known.provider_reference, known.paid_at or now):
        return
    await unit.payments.save(payment)
    order = await unit.orders.get(payment.order_id)
    if order.state is OrderState.PLACED:
        order.pay(now)
    else:
        order.paid_in_vain(payment.id, now)
    await unit.orders.save(order)
