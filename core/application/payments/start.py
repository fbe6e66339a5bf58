"""Starts a payment of what is due."""

from dataclasses import dataclass
from typing import NewType

from core.application.payments.attempts import ClosePayment
from core.application.payments.gateways import Gateways
from core.application.privacy.recipients import Recipients
from core.application.retries import ATTEMPTS, retrying
from core.domain.errors import IllegalTransition, Invalid
from core.domain.identifiers import OrderId, PaymentId
from core.domain.money import Money
from core.domain.orders.holds import Blocked
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.payment import Payment
from core.domain.payments.shares import Share
from ports.clock import Clock, NewId, NewNumber
from ports.errors import Unavailable
from ports.payments.authorizations import Authorizations
from ports.payments.purchase import NextAction, PurchaseRequest, Scene
from ports.unit_of_work import RepeatableUnits


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
    """Start a payment of what is due, at a gateway. Returns the next action of the buyer.

    It pays all orders of the purchase that can be paid now. The payment is committed before the
    gateway is called, because its notification may arrive before its response. An open payment
    at the same gateway is used again; one of something else is closed first. With
    ``authorize_first``, gateways that support it only authorize the amount; instalments are
    charged at once, because an authorization can end before the next one.

    Raises:
        NotFound: there is no such gateway.
        Invalid: the gateway does not support the scene.
        IllegalTransition: the order is not payable any more.
        OrderHeld: a hold blocks the payment.
        Unavailable: an earlier payment could not be closed; try again later.
    """

    units: RepeatableUnits
    gateways: Gateways
    close_payment: ClosePayment
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
        order, payment = await self._current_payment(order_id, details.gateway)
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
        authorizing = self._authorizing(payment)
        return await (authorizing.authorize(request) if authorizing else gateway.purchase(request))

    def _authorizing(self, payment: Payment) -> Authorizations | None:
        if not self.authorize_first or any(each.instalment for each in payment.shares):
            return None
        return self.gateways.authorizing(payment.gateway)

    async def _current_payment(self, order_id: OrderId, gateway: str) -> tuple[Order, Payment]:
        """Close a payment of what was due before, such as with an order that is cancelled now."""
        for _ in range(ATTEMPTS):
            order, shares, payment = await retrying(lambda: self._payment(order_id, gateway))
            if payment.shares == shares:
                return order, payment
            if not await self.close_payment(payment):
                break
        raise Unavailable

    async def _payment(
        self, order_id: OrderId, gateway: str
    ) -> tuple[Order, tuple[Share, ...], Payment]:
        """Returns the order, what is due of its purchase, and the open payment."""
        now = self.now()
        async with self.units() as unit:
            orders = await unit.orders.get_purchase_for_update(order_id)
            order = next(each for each in orders if each.id == order_id)
            if order.state is not OrderState.PLACED or order.pay_before <= now:
                raise IllegalTransition("order", order.stage, "pay")
            order.check_not_held(Blocked.PAY)
            payable = [each for each in orders if each.is_payable(now)]
            shares = tuple(map(_share_of, payable))
            for existing in await unit.payments.of_purchase(order.purchase_id):
                if existing.gateway == gateway and existing.is_open:
                    return order, shares, existing
            payment = Payment(
                id=PaymentId(self.new_id()),
                purchase_id=order.purchase_id,
                shares=shares,
                gateway=gateway,
                account=self.gateways.get(gateway).account,
                reference=self.new_number(),
                amount=sum((each.amount for each in shares), Money.zero(order.currency)),
                created_at=now,
                expires_at=min(each.pay_before for each in payable),
            )
            payment.submit(now)
            await unit.payments.save(payment)
            recipient = self.recipients.by_gateway.get(gateway)
            if recipient is not None:
                for each in payable:
                    await unit.recipient_log.record(each.id, [recipient.code], now)
            await unit.commit()
        return order, shares, payment


def _share_of(order: Order) -> Share:
    instalment = order.next_instalment
    return Share(
        order_id=order.id,
        amount=order.due,
        instalment=instalment.code if instalment else "",
    )
