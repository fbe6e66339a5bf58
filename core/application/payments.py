"""Asking to be paid, and asking what has become of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NewType

from core.application.gateways import Gateways
from core.application.recipients import Recipients
from core.application.retrying import retrying
from core.application.settlement import SECURED, Settle
from core.domain.errors import DomainError, IllegalTransition, Invalid
from core.domain.identifiers import OrderId, PaymentId
from core.domain.order import Order, OrderState
from core.domain.payment import HELD, OPEN, Payment, wait_before
from ports.clock import Clock, NewId, NewNumber
from ports.errors import PortError
from ports.payment.gateway import GatewayPayment, GatewayStatus, PaymentReference
from ports.payment.purchase import NextAction, PurchaseRequest, Scene
from ports.storage.ledgers import OrderLedger
from ports.storage.units import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentWish:
    """How somebody wants to pay. ``scene`` None takes what the gateway likes best.

    A gateway finds us at ``notify_url`` by itself, and at ``return_url`` with the browser.
    """

    gateway: str
    notify_url: str
    return_url: str
    scene: Scene | None = None
    payer: str = ""
    client_ip: str = ""


AuthorizeFirst = NewType("AuthorizeFirst", bool)
"""Whether a payment is authorized first, and captured when the goods leave."""


@dataclass(frozen=True, slots=True)
class StartPayment:
    """Ask a gateway to be paid for an order; the answer says what the buyer does next.

    The attempt is committed before the gateway hears of it, since its notification may be
    faster than its answer. An attempt that is still open is used again. With ``hold``, a
    gateway that can only holds the money, until the goods leave.
    """

    units: UnitsOfWork
    gateways: Gateways
    now: Clock
    new_id: NewId
    new_number: NewNumber
    recipients: Recipients
    hold: AuthorizeFirst

    async def __call__(self, order_id: OrderId, wish: PaymentWish) -> NextAction:
        gateway = self.gateways.get(wish.gateway)
        scene = wish.scene or gateway.scenes[0]
        if scene not in gateway.scenes:
            raise Invalid("scene", "This payment method is not available here. Choose another one.")
        order, payment = await retrying(lambda: self._attempt(order_id, wish.gateway))
        request = PurchaseRequest(
            reference=payment.reference,
            amount=payment.amount,
            subject=order.lines[0].title.in_language(order.language),
            language=order.language,
            created_at=payment.created_at,
            expires_at=payment.expires_at,
            notify_url=wish.notify_url,
            return_url=wish.return_url,
            scene=scene,
            payer=wish.payer,
            client_ip=wish.client_ip,
        )
        holding = self.gateways.holding(wish.gateway) if self.hold else None
        return await (holding.authorize(request) if holding else gateway.purchase(request))

    async def _attempt(self, order_id: OrderId, gateway_code: str) -> tuple[Order, Payment]:
        now = self.now()
        async with self.units() as unit:
            order = await unit.orders.claim(order_id)
            if order.state is not OrderState.PLACED or order.pay_before <= now:
                raise IllegalTransition("order", order.stage, "pay")
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
            payment.ask(now)
            await unit.payments.save(payment)
            recipient = self.recipients.by_gateway.get(gateway_code)
            if recipient is not None:
                await unit.outbound.record(order_id, [recipient.code], now)
            await unit.commit()
        return order, payment


@dataclass(frozen=True, slots=True)
class CheckPayments:
    """Ask the gateways about an order's open attempts: for when a notification is late."""

    ledger: OrderLedger
    gateways: Gateways
    settle: Settle

    async def __call__(self, order_id: OrderId) -> None:
        for payment in await self.ledger.payments(order_id):
            if payment.is_open and payment.gateway in self.gateways.by_code:
                await self.check(payment)

    async def check(self, payment: Payment) -> None:
        """What cannot be asked, or does not fit, is left to the next time."""
        try:
            known = await self.gateways.get(payment.gateway).query(reference_of(payment))
            if known.status in SECURED:
                await self.settle.payment(known, payment.gateway)
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
    look_after_held: Callable[[Payment], Awaitable[None]]
    now: Clock

    async def __call__(self, limit: int = 50) -> int:
        now = self.now()
        async with self.units() as unit:
            due = await unit.payments.claim_due(now, limit, now + wait_before(0))
            await unit.commit()
        for payment in due:
            await self._look_after(payment)
        return len(due)

    async def _look_after(self, payment: Payment) -> None:
        now = self.now()
        if payment.state in HELD:
            await self.look_after_held(payment)
        else:
            await self.check_payments.check(payment)
            if payment.expires_at <= now:
                await self.close_payment(payment)

        async def come_back() -> None:
            async with self.units() as unit:
                known = await unit.payments.claim(payment.reference)
                if known is not None and known.state in OPEN | HELD:
                    known.ask_again(now)
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
    settle: Settle
    now: Clock

    async def __call__(self, payment: Payment) -> bool:
        try:
            known = await self._closed(payment)
            if known.status in SECURED:
                await self.settle.payment(known, payment.gateway)
                return False
        except (PortError, DomainError):
            return False
        if known.status is GatewayStatus.PENDING:
            return False

        async def close() -> None:
            async with self.units() as unit:
                ours = await unit.payments.claim(payment.reference)
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

    ledger: OrderLedger
    close_payment: ClosePayment

    async def __call__(self, order_id: OrderId) -> bool:
        closed = True
        for payment in await self.ledger.payments(order_id):
            if payment.is_open:
                closed = await self.close_payment(payment) and closed
        return closed


def reference_of(payment: Payment) -> PaymentReference:
    return PaymentReference(
        reference=payment.reference,
        amount=payment.amount,
        created_at=payment.created_at,
        provider_reference=payment.provider_reference,
    )
