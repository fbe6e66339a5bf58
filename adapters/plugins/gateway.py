"""A payment gateway behind the plugin guard."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from adapters.plugins.guard import PluginGuard
from core.domain.money import Money
from core.domain.text import Text
from ports.errors import OutcomeUnknown
from ports.payments.abilities import Ability
from ports.payments.gateway import GatewayPayment, PaymentGateway, PaymentReference
from ports.payments.notifications import Acknowledgement, Notification, RawNotification
from ports.payments.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    NextAction,
    PurchaseRequest,
    QrCode,
    Redirect,
    Scene,
)
from ports.payments.refunds import GatewayRefund, RefundRequest
from ports.payments.statements import StatementLine

NOT_ACKNOWLEDGED = Acknowledgement(status=503, body=b"")
STATEMENT_SECONDS = 300.0
ACTIONS = (Redirect, FormPost, QrCode, InAppParameters, AppParameters)


class GuardedGateway:
    """If a call that changes something fails, it raises `OutcomeUnknown`: query the outcome.

    This class has all methods of all abilities; ``abilities`` lists the supported ones.
    """

    def __init__(self, gateway: PaymentGateway, guard: PluginGuard) -> None:
        self._gateway: Any = gateway
        self._guard = guard

    @property
    def code(self) -> str:
        return str(self._gateway.code)

    @property
    def name(self) -> Text:
        name: Text = self._gateway.name
        return name

    @property
    def account(self) -> str:
        return str(self._gateway.account)

    @property
    def scenes(self) -> tuple[Scene, ...]:
        return tuple(self._gateway.scenes)

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset(self._gateway.abilities)

    @property
    def fee_basis_points(self) -> int | None:
        points: int | None = getattr(self._gateway, "fee_basis_points", None)
        return points

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        return await self._guard.call(
            lambda: self._gateway.purchase(request), answers=ACTIONS, doubt=OutcomeUnknown
        )

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        return await self._guard.call(lambda: self._gateway.query(payment), answers=GatewayPayment)

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        return await self._guard.call(
            lambda: self._gateway.close(payment), answers=GatewayPayment, doubt=OutcomeUnknown
        )

    async def verify(self, raw: RawNotification) -> Notification:
        return await self._guard.call(lambda: self._gateway.verify(raw), answers=Notification)

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        return self._guard.ask(
            lambda: self._gateway.acknowledge(accepted=accepted), otherwise=NOT_ACKNOWLEDGED
        )

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        return await self._guard.call(
            lambda: self._gateway.refund(request), answers=GatewayRefund, doubt=OutcomeUnknown
        )

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        return await self._guard.call(
            lambda: self._gateway.query_refund(request), answers=GatewayRefund
        )

    async def authorize(self, request: PurchaseRequest) -> NextAction:
        return await self._guard.call(
            lambda: self._gateway.authorize(request), answers=ACTIONS, doubt=OutcomeUnknown
        )

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        return await self._guard.call(
            lambda: self._gateway.capture(payment, amount, reference),
            answers=GatewayPayment,
            doubt=OutcomeUnknown,
        )

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:
        return await self._guard.call(
            lambda: self._gateway.void(payment, reference),
            answers=GatewayPayment,
            doubt=OutcomeUnknown,
        )

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        async def read() -> tuple[StatementLine, ...]:
            return tuple([line async for line in self._gateway.statement(day)])

        lines = await self._guard.call(read, answers=(tuple,), seconds=STATEMENT_SECONDS)
        for line in lines:
            yield line
