"""Takes back the points and coupons of an order that is refunded in full."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from core.application.coupons.grants import IssueGrants, coupon_sources, keyed_grants
from core.application.payments.locks import paid_order
from core.application.retries import retrying
from core.domain.claims import person_of
from core.domain.events import Event, RefundRequested
from core.domain.identifiers import OrderId
from core.domain.ledger.transfers import ReversalTooLarge, Transfer, TransferId, reversed_lines
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.payment import CAPTURED
from core.domain.pricing.quote import Grant, GrantKind
from ports.clock import Clock, NewId
from ports.events.outbox import Envelope
from ports.unit_of_work import RepeatableUnits, UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakeBackGrants:
    """Subscriber. Takes back what an order gave, once nothing of its money is left to refund.

    The points may fall below zero, which blocks spending. A coupon that was used stays used. An
    order that was cancelled before its delivery has given nothing.
    """

    units: RepeatableUnits
    now: Clock
    new_id: NewId
    issue_grants: IssueGrants

    def wants(self, event: Event) -> bool:
        return isinstance(event, RefundRequested)

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            if isinstance(each.event, RefundRequested):
                order = await self._refunded_order(each.event.order_id)
                if order is not None:
                    await self.take_back(order)

    async def take_back(self, order: Order) -> None:
        """Idempotent. A delivery that is reported later gives nothing."""
        if not order.grants or not await self.issue_grants.has_member(order):
            return
        # Each grant is given once. One that is still to come is given and taken back here.
        await self.issue_grants.give(order)
        for key, grant in keyed_grants(order):
            if grant.kind is GrantKind.POINTS:
                await self._take_points(order, grant, key)
            else:
                await retrying(partial(self._take_coupons, order, grant, key), repeatable=True)

    async def _refunded_order(self, order_id: OrderId) -> Order | None:
        """The order that was paid, if all of its money is refunded."""
        async with self.units() as unit:
            order = await paid_order(unit, await unit.orders.get(order_id))
            if order.state is OrderState.CANCELLED or await _is_left(unit, order):
                return None
        return order

    async def _take_points(self, order: Order, grant: Grant, key: str) -> None:
        try:
            await retrying(partial(self._reverse, order, grant, key), repeatable=True)
        except ReversalTooLarge as error:
            log.warning("the points of order %s were taken back before: %s", order.number, error)

    async def _reverse(self, order: Order, grant: Grant, key: str) -> None:
        async with self.units() as unit:
            given = await self.issue_grants.transfer_points(unit, order, grant, key)
            await unit.transfers.transfer(
                Transfer(
                    id=TransferId(self.new_id()),
                    key=f"{key} back",
                    reason="grant back",
                    at=self.now(),
                    lines=reversed_lines(given.lines),
                    reverses=given.id,
                )
            )
            await unit.commit()

    async def _take_coupons(self, order: Order, grant: Grant, key: str) -> None:
        person = person_of(order.customer_id, order.contact)
        async with self.units() as unit:
            for source in coupon_sources(grant, key):
                await unit.coupons.take_back(grant.batch, person, source, self.now())
            await unit.commit()


async def _is_left(unit: UnitOfWork, order: Order) -> bool:
    """Whether money of the order can still be refunded; true if none was captured."""
    captured = [each for each in await unit.payments.list(order.id) if each.state in CAPTURED]
    for each in captured:
        if (await unit.refunds.refundable(each, order.id)).minor:
            return True
    return not captured
