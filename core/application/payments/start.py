"""Starts a payment for an order."""

from dataclasses import dataclass
from typing import NewType

from core.application.payments.gateways import Gateways
from core.application.privacy.recipients import Recipients
from core.application.retries import retrying
from core.domain.errors import IllegalTransition, Invalid
from core.domain.identifiers import OrderId, PaymentId
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.payment import OPEN, Payment
from ports.clock import Clock, NewId, NewNumber
from ports.payments.purchase import NextAction, PurchaseRequest, Scene
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentInput:
    """How the buyer pays. ``scene`` None means the first scene of the gateway.

    The gateway calls ``notify_url``, and redirects the browser to ``return_url``.
    """

    gateway: str
    notify_url: str
    return_url: str
    scene: Scene | None = None
    payer: str = ""
    client_ip: str = ""


AuthorizeFirst = NewType("AuthorizeFirst", bool)
"""Whether a payment is authorized first, and captured at the first shipment."""


@dataclass(frozen=True, slots=True)
class StartPayment:
    """Start a payment at a gateway. Returns the next action of the buyer.

    The payment is committed before the gateway is called, because its notification may arrive
    before its response. An open payment at the same gateway is used again. With
    ``authorize_first``, gateways that support it only authorize the amount.

    Raises:
        NotFound: there is no such gateway.
        Invalid: the gateway does not support the scene.
        IllegalTransition: the order is not payable any more.
    """

    units: UnitsOfWork
    gateways: Gateways
    now: Clock
    new_id: NewId
    new_number: NewNumber
    recipients: Recipients
    authorize_first: AuthorizeFirst

    async def __call__(self, order_id: OrderId, details: PaymentInput) -> NextAction:
        gateway = self.gateways.get(details.gateway)
        scene = details.scene or gateway.scenes[0]
        if scene not in gateway.scenes:
            raise Invalid("scene", "This payment method is not available here. Choose another one.")
        order, payment = await retrying(lambda: self._payment(order_id, details.gateway))
        request = PurchaseRequest(
            reference=payment.reference,
            amount=payment.amount,
            subject=order.lines[0].title.in_language(order.language),
            language=order.language,
            created_at=payment.created_at,
            expires_at=payment.expires_at,
            notify_url=details.notify_url,
            return_url=details.return_url,
            scene=scene,
            payer=details.payer,
            client_ip=details.client_ip,
        )
        authorizing = self.gateways.authorizing(details.gateway) if self.authorize_first else None
        return await (authorizing.authorize(request) if authorizing else gateway.purchase(request))

    async def _payment(self, order_id: OrderId, gateway_code: str) -> tuple[Order, Payment]:
        now = self.now()
        async with self.units() as unit:
            order = await unit.orders.get_for_update(order_id)
            if order.state is not OrderState.PLACED or order.pay_before <= now:
                raise IllegalTransition("order", order.stage, "pay")
            for existing in await unit.payments.list(order_id):
                if existing.gateway == gateway_code and existing.state in OPEN:
                    return order, existing
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
            payment.submit(now)
            await unit.payments.save(payment)
            recipient = self.recipients.by_gateway.get(gateway_code)
            if recipient is not None:
                await unit.recipient_log.record(order_id, [recipient.code], now)
            await unit.commit()
        return order, payment
