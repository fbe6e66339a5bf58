"""Sends emails to buyers about their orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.application.notifications.order_templates import (
    AWAITS_PAYMENT,
    CANCELLED,
    PAID,
    REFUNDED,
    SHIPPED,
)
from core.domain.errors import NotFound
from core.domain.events import (
    Event,
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    RefundSucceeded,
)
from core.domain.identifiers import BaseUrl, OrderId, RefundId
from core.domain.notifications.templates import EmailTemplate
from core.domain.orders.lines import OrderLine
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from ports.clock import Clock
from ports.errors import Rejected
from ports.events.outbox import Envelope
from ports.notifications import Email, FormatMoment, FormatMoney, Mailer
from ports.orders import OrderQueries
from ports.security import SignAccessToken
from ports.unit_of_work import UnitsOfWork

LATEST = timedelta(days=2)
"""An older event is no news: its email is not sent any more."""

TEMPLATES: Mapping[type[Event], EmailTemplate] = {
    OrderPlaced: AWAITS_PAYMENT,
    OrderPaid: PAID,
    OrderShipped: SHIPPED,
    OrderCancelled: CANCELLED,
    RefundSucceeded: REFUNDED,
}


@dataclass(frozen=True, slots=True)
class SendOrderEmails:
    """Subscriber that sends the emails, to orders whose contact is an email address.

    The link opens the page of the order without a log-in. An order that is paid at once gets one
    email and not two. The email of an order that was erased meanwhile is not sent.
    """

    units: UnitsOfWork
    order_queries: OrderQueries
    mailer: Mailer | None
    base_url: BaseUrl
    sign_access_token: SignAccessToken
    format_money: FormatMoney
    format_moment: FormatMoment
    now: Clock

    def wants(self, event: Event) -> bool:
        return self.mailer is not None and type(event) in TEMPLATES

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        """Raises `Unavailable` if the mail server does not accept an email now."""
        for each in envelopes:
            if each.event.at + LATEST >= self.now():
                await self._handle(each.event)

    async def _handle(self, event: Event) -> None:
        assert isinstance(
            event, OrderPlaced | OrderPaid | OrderShipped | OrderCancelled | RefundSucceeded
        )
        try:
            async with self.units() as unit:
                order = await unit.orders.get(event.order_id)
        except NotFound:
            return
        is_late = isinstance(event, OrderPlaced) and order.state is not OrderState.PLACED
        if "@" not in order.contact or is_late:
            return
        values = self._values(order)
        if isinstance(event, RefundSucceeded):
            values["amount"] = await self._refunded(order, event.refund_id)
        await self._send(order, TEMPLATES[type(event)], values)

    def _values(self, order: Order) -> dict[str, str]:
        key = self.sign_access_token(order.number)
        language = order.language
        return {
            "number": order.number,
            "lines": "\n".join(_line(each, language) for each in order.lines),
            "total": self.format_money(order.total, language),
            "pay_before": self.format_moment(order.pay_before, language),
            "parcels": "\n".join(
                f"{each.carrier} {each.tracking_number}" for each in order.shipments
            ),
            "link": f"{self.base_url}/{language}/orders/{order.number}?key={key}",
        }

    async def _refunded(self, order: Order, refund_id: RefundId) -> str:
        refunds = await self.order_queries.refunds(OrderId(order.id))
        amount = next(each.amount for each in refunds if each.id == refund_id)
        return self.format_money(amount, order.language)

    async def _send(self, order: Order, template: EmailTemplate, values: Mapping[str, str]) -> None:
        assert self.mailer is not None
        filled = template.filled(order.language, values)
        try:
            await self.mailer.send(
                Email(to=order.contact, subject=filled.subject, text=filled.body)
            )
        except Rejected:
            return


def _line(line: OrderLine, language: str) -> str:
    options = line.options.in_language(language)
    title = line.title.in_language(language)
    return f"{title}{f' ({options})' if options else ''} × {line.quantity}"
