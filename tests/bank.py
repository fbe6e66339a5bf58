"""A gateway that a test controls, and the steps of a customer who buys."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone

from core.application.carts.ownership import CartOwner
from core.application.fulfillment import Parcel
from core.application.orders.checkout import Checkout, PlacedOrder
from core.application.payments.start import PaymentInput
from core.domain.identifiers import LineKey, OrderId, Sku
from core.domain.money import Money
from core.domain.orders.states import OrderStage
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.errors import NotReadyYet, OutcomeUnknown, Rejected, Unavailable
from ports.payments.abilities import Ability
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentReference
from ports.payments.notifications import Acknowledgement, Notification, RawNotification
from ports.payments.purchase import PurchaseRequest, Redirect, Scene
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest
from ports.payments.statements import StatementLine
from tests.factories import DELIVERY, yuan

CHINA = timezone(timedelta(hours=8))
CART = "cart"
SMALL = Sku("CELADON-TEAPOT-S")
LINE = LineKey("1")
"""The only line of the orders that these steps place."""

BACK = PaymentInput(
    gateway="bank", notify_url="http://shop/notify/bank", return_url="http://shop/back"
)


class Bank:
    """A payment gateway that a test controls: ``known`` is the status of every payment."""

    code, name, account = "bank", Text({"en": "Bank"}), "us"
    scenes = (Scene.WEB,)
    fee_basis_points = 60
    abilities = frozenset(
        {
            Ability.CLOSING,
            Ability.NOTIFICATIONS,
            Ability.REFUNDS,
            Ability.PARTIAL_REFUNDS,
            Ability.STATEMENTS,
            Ability.AUTHORIZATIONS,
        }
    )

    def __init__(self) -> None:
        self.asked: list[PurchaseRequest] = []
        self.known = GatewayStatus.PENDING
        self.amount = yuan(0)
        self.down = False
        self.given_back: dict[str, Money] = {}
        self.lines: list[StatementLine] = []

    def says(self, reference: str) -> GatewayPayment:
        paid = self.known is GatewayStatus.PAID
        secured = paid or self.known is GatewayStatus.AUTHORIZED
        return GatewayPayment(
            reference=reference,
            status=self.known,
            account=self.account,
            provider_reference=f"B{reference}",
            amount=self.amount if secured else None,
            paid_at=datetime.now(UTC) if paid else None,
        )

    async def purchase(self, request: PurchaseRequest) -> Redirect:
        self.asked.append(request)
        self.amount = request.amount
        return Redirect("http://bank/pay")

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        if self.down:
            raise Unavailable
        return self.says(payment.reference)

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        if self.down:
            raise Unavailable
        if self.known is GatewayStatus.PENDING:
            self.known = GatewayStatus.CLOSED
        return self.says(payment.reference)

    async def authorize(self, request: PurchaseRequest) -> Redirect:
        return await self.purchase(request)

    async def capture(
        self,
        payment: PaymentReference,
        amount: Money,  # noqa: ARG002
        reference: str,  # noqa: ARG002
    ) -> GatewayPayment:
        if self.known is GatewayStatus.AUTHORIZED:
            self.known = GatewayStatus.PAID
        if self.down:
            raise OutcomeUnknown
        if self.known is not GatewayStatus.PAID:
            raise Rejected("not authorized")
        return self.says(payment.reference)

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:  # noqa: ARG002
        if self.down:
            raise Unavailable
        if self.known is GatewayStatus.PAID:
            raise Rejected("captured")
        self.known = GatewayStatus.CLOSED
        return self.says(payment.reference)

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        self.given_back[request.reference] = request.amount
        if self.down:
            raise OutcomeUnknown
        return await self.query_refund(request)

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        known = self.given_back.get(request.reference)
        return GatewayRefund(
            reference=request.reference,
            payment_reference=request.payment.reference,
            status=GatewayRefundStatus.SUCCEEDED if known else GatewayRefundStatus.NOT_FOUND,
            account=self.account,
            amount=known,
        )

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        if not self.lines:
            raise NotReadyYet
        for line in self.lines:
            if line.at.astimezone(CHINA).date() == day:
                yield line

    async def verify(self, raw: RawNotification) -> Notification:
        payment = self.says(raw.headers["reference"])
        return Notification(
            key=raw.body.decode().partition("|")[0], account=payment.account, payment=payment
        )

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement(status=200 if accepted else 400, body=b"")


async def fill(shop: Shop, token: str = CART, quantity: int = 1) -> CartOwner:
    owner = CartOwner(token=token)
    await shop.add_to_cart()(owner, SMALL, quantity)
    await shop.set_delivery()(owner, DELIVERY)
    return owner


async def pay(shop: Shop, bank: Bank, order_id: OrderId, key: str = "n1") -> None:
    await shop.start_payment()(order_id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, key))
    bank.known = GatewayStatus.PENDING


async def line_of(shop: Shop, owner: CartOwner) -> LineKey:
    """The key of the only line of a cart."""
    (line,) = (await shop.show_cart()(owner, "zh")).lines
    return line.key


async def checkout(shop: Shop, owner: CartOwner, key: str = "key") -> Checkout:
    shown = await shop.review_checkout()(owner, "zh")
    rate = shown.rates[0]
    return Checkout(
        key=key,
        shipping_code=rate.code,
        total=rate.sums.total,
        cart_version=shown.cart.version,
        language="zh",
        discounts=rate.discounts,
    )


async def place(shop: Shop, token: str = CART, quantity: int = 1) -> PlacedOrder:
    owner = await fill(shop, token, quantity)
    return await shop.place_order()(owner, await checkout(shop, owner))


async def available(shop: Shop) -> int:
    async with shop.units()() as unit:
        return sum(level.available for level in await unit.stock.levels([SMALL]))


async def state_of(shop: Shop, placed: PlacedOrder) -> OrderStage:
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order.stage


PARCEL = Parcel(carrier="sf", tracking_number="SF1234567890")


def notification(reference: str, key: str = "n1") -> RawNotification:
    return RawNotification(
        headers={"reference": reference}, query={}, body=key.encode(), received_at=datetime.now(UTC)
    )
