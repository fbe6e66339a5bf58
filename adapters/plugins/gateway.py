"""A payment gateway behind the plugin guard."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any, TypeVar

from adapters.plugins.answers import payments as answers
from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.payments import GatewayDescription
from adapters.plugins.guard import PluginGuard
from core.domain.money import Money
from core.domain.text import Text
from ports.errors import (
    BadSignature,
    FundsMissing,
    NotReadyYet,
    OutcomeUnknown,
    PortError,
    Rejected,
    Unavailable,
)
from ports.payments.abilities import Ability
from ports.payments.gateway import GatewayPayment, PaymentGateway, PaymentReference
from ports.payments.notifications import Acknowledgement, Notification, RawNotification
from ports.payments.purchase import NextAction, PurchaseRequest, Scene
from ports.payments.refunds import GatewayRefund, RefundRequest
from ports.payments.statements import StatementLine

NOT_ACKNOWLEDGED = Acknowledgement(status=503, body=b"")
STATEMENT_SECONDS = 300.0
FINAL = (Rejected, FundsMissing, NotReadyYet)
"""Errors of a gateway that works."""

Answer = TypeVar("Answer")


class GuardedGateway:
    """If a call that changes something fails, it raises `OutcomeUnknown`: query the outcome.

    This class has all methods of all abilities; ``abilities`` lists the supported ones.
    ``notifications`` is a guard of its own: calls out that hang refuse no notification.
    """

    def __init__(
        self,
        gateway: PaymentGateway,
        description: GatewayDescription,
        *,
        guard: PluginGuard,
        notifications: PluginGuard,
        http: bool,
    ) -> None:
        self._gateway: Any = gateway
        self._description = description
        self._guard = guard
        self._notifications = notifications
        self._next_action = partial(answers.next_action, http=http)

    @property
    def code(self) -> str:
        return self._description.code

    @property
    def name(self) -> Text:
        return self._description.name

    @property
    def account(self) -> str:
        return self._description.account

    @property
    def scenes(self) -> tuple[Scene, ...]:
        return self._description.scenes

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._description.abilities

    @property
    def fee_basis_points(self) -> int | None:
        return self._description.fee_basis_points

    async def _call(
        self,
        work: Callable[[], Awaitable[Any]],
        check: Callable[[Any], Answer],
        *,
        doubt: type[PortError] = Unavailable,
        seconds: float | None = None,
    ) -> Answer:
        return await self._guard.call(work, check, doubt=doubt, seconds=seconds, final=FINAL)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        return await self._call(
            lambda: self._gateway.purchase(request), self._next_action, doubt=OutcomeUnknown
        )

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        return await self._call(
            lambda: self._gateway.query(payment),
            partial(answers.payment, reference=payment.reference),
        )

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        return await self._call(
            lambda: self._gateway.close(payment),
            partial(answers.payment, reference=payment.reference),
            doubt=OutcomeUnknown,
        )

    async def verify(self, raw: RawNotification) -> Notification:
        return await self._notifications.call(
            lambda: self._gateway.verify(raw), answers.notification, final=(BadSignature,)
        )

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        known = self._description.accepted if accepted else self._description.refused
        return known or NOT_ACKNOWLEDGED

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        return await self._call(
            lambda: self._gateway.refund(request),
            partial(answers.refund, reference=request.reference),
            doubt=OutcomeUnknown,
        )

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        return await self._call(
            lambda: self._gateway.query_refund(request),
            partial(answers.refund, reference=request.reference),
        )

    async def authorize(self, request: PurchaseRequest) -> NextAction:
        return await self._call(
            lambda: self._gateway.authorize(request), self._next_action, doubt=OutcomeUnknown
        )

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        return await self._call(
            lambda: self._gateway.capture(payment, amount, reference),
            partial(answers.payment, reference=payment.reference),
            doubt=OutcomeUnknown,
        )

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:
        return await self._call(
            lambda: self._gateway.void(payment, reference),
            partial(answers.payment, reference=payment.reference),
            doubt=OutcomeUnknown,
        )

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        lines = await self._call(
            lambda: _lines(self._gateway, day), tuple, seconds=STATEMENT_SECONDS
        )
        for line in lines:
            yield line


async def _lines(gateway: Any, day: date) -> list[StatementLine]:
    """The checked lines. An endless statement ends at the limit."""
    lines: list[StatementLine] = []
    async for line in gateway.statement(day):
        lines.append(answers.statement_line(line))
        if len(lines) > answers.MAX_STATEMENT_LINES:
            raise WrongAnswer("the statement has too many lines")
    return lines
