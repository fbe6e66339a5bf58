"""Records paid sales and refunds with the tax engine."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.taxes.quoting import place_of_address, place_of_zone
from core.domain.events import (
    Event,
    OrderCancelled,
    OrderPaid,
    RefundReplaced,
    RefundSucceeded,
)
from core.domain.identifiers import OrderId, RefundId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.orders.taxes import (
    TaxedPart,
    prices_include_tax,
    refunded_parts,
    sold_parts,
)
from core.domain.payments.payment import CAPTURED
from core.domain.payments.refund import RefundReason
from core.domain.pricing.settings import PricingSettings
from ports.events.outbox import Envelope
from ports.taxes import RecordsTaxes, TaxRequest, TaxRequestLine
from ports.unit_of_work import RepeatableUnits

NO_SALE = frozenset({RefundReason.PAID_TOO_LATE, RefundReason.PAID_TWICE})
"""Reasons of refunds of money that paid for no goods."""


@dataclass(frozen=True, slots=True)
class RecordTaxes:
    """Subscriber. Idempotent: sales have the number of the order, refunds their own reference.

    Orders with taxes of the own rates are not recorded. A sale that was cancelled before its
    money was captured is taken back.
    """

    units: RepeatableUnits
    tax_records: RecordsTaxes
    pricing_settings: PricingSettings

    def wants(self, event: Event) -> bool:
        return isinstance(event, OrderPaid | OrderCancelled | RefundSucceeded | RefundReplaced)

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            match each.event:
                case OrderPaid(order_id=order_id) | OrderCancelled(order_id=order_id):
                    await self._sale(order_id)
                case RefundSucceeded() | RefundReplaced() as refunded:
                    await self._refund(refunded.order_id, refunded.refund_id)

    async def _sale(self, order_id: OrderId) -> None:
        async with self.units() as unit:
            order = await unit.orders.get(order_id)
            payments = await unit.payments.list(order_id)
        if not order.pricing.tax_engine or not order.total.minor:
            return
        # The events of an order can arrive in another order; its state says what counts.
        is_captured = any(payment.state in CAPTURED for payment in payments)
        if order.state is OrderState.CANCELLED and not is_captured:
            await self.tax_records.void(order.number)
        elif order.was_paid:
            await self._commit(order, order.number, sold_parts(order))

    async def _refund(self, order_id: OrderId, refund_id: RefundId) -> None:
        async with self.units() as unit:
            order = await unit.orders.get(order_id)
            refunds = await unit.refunds.list(order_id)
        refund = next(each for each in refunds if each.id == refund_id)
        if order.pricing.tax_engine and refund.reason not in NO_SALE:
            parts = refunded_parts(order, refund.quantities, refund.amount)
            await self._commit(order, refund.reference, parts)

    async def _commit(self, order: Order, reference: str, parts: Sequence[TaxedPart]) -> None:
        """An order whose address is erased has nothing left to declare a place with."""
        if order.address is None:
            return
        taxes = self.pricing_settings.taxes
        await self.tax_records.commit(
            TaxRequest(
                reference=reference,
                at=order.placed_at,
                origin=place_of_zone(taxes.origin),
                destination=place_of_address(order.address),
                lines=tuple(_line(part, order.currency) for part in parts),
                prices_include_tax=prices_include_tax(order, usually=taxes.prices_include_tax),
            )
        )


def _line(part: TaxedPart, currency: str) -> TaxRequestLine:
    return TaxRequestLine(
        key=part.key,
        tax_class=part.tax_class,
        quantity=part.quantity,
        amount=Money(part.taxable, currency),
    )
