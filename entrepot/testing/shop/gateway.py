"""A payment gateway for tests: every payment and every refund succeeds at once."""

from dataclasses import dataclass, field

from core.domain.money import Money
from core.domain.text import Text
from ports.clock import Clock
from ports.payments.abilities import Ability
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentReference
from ports.payments.purchase import PurchaseRequest, Redirect, Scene
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest


@dataclass(slots=True)
class PaidGateway:
    """Keeps the amounts in memory, by reference."""

    now: Clock
    payments: dict[str, Money] = field(default_factory=dict)
    refunds: dict[str, Money] = field(default_factory=dict)
    code = "paid"
    name = Text({"zh": "测试支付", "en": "Test payment"})
    account = "tests"
    scenes = (Scene.WEB,)
    fee_basis_points = None
    abilities = frozenset({Ability.REFUNDS, Ability.PARTIAL_REFUNDS})

    async def purchase(self, request: PurchaseRequest) -> Redirect:
        self.payments[request.reference] = request.amount
        return Redirect("https://gateway.example/pay")

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        amount = self.payments.get(payment.reference)
        return GatewayPayment(
            reference=payment.reference,
            status=GatewayStatus.PAID if amount else GatewayStatus.NOT_FOUND,
            account=self.account,
            provider_reference=f"P{payment.reference}",
            amount=amount,
            paid_at=self.now() if amount else None,
        )

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        self.refunds[request.reference] = request.amount
        return await self.query_refund(request)

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        amount = self.refunds.get(request.reference)
        status = GatewayRefundStatus.SUCCEEDED if amount else GatewayRefundStatus.NOT_FOUND
        return GatewayRefund(
            reference=request.reference,
            payment_reference=request.payment.reference,
            status=status,
            account=self.account,
            amount=amount,
        )
