"""Gives the buyer of a delivered order the points and coupons that it promised (满返)."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from core.application.coupons.giving import check_promotion
from core.application.retries import retrying
from core.domain.claims import person_of
from core.domain.errors import NotFound
from core.domain.events import Event, OrderDelivered
from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import (
    POINTS,
    LedgerAccount,
    LedgerAccountId,
    LedgerAccountKind,
    Owner,
    OwnerKind,
    shop_account,
)
from core.domain.ledger.transfers import Transfer, TransferId, payment
from core.domain.orders.order import Order
from core.domain.pricing.coupons.batches import BatchClosed, NoCouponsLeft
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.quote import Grant, GrantKind
from ports.clock import Clock, NewId
from ports.events.outbox import Envelope
from ports.unit_of_work import RepeatableUnits, UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IssueGrants:
    """Subscriber. Each grant is given once for its order and promotion, to members alone.

    A grant of coupons from a batch that is closed or empty is logged and gives nothing more.
    """

    units: RepeatableUnits
    now: Clock
    new_id: NewId

    def wants(self, event: Event) -> bool:
        return isinstance(event, OrderDelivered)

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            if isinstance(each.event, OrderDelivered):
                async with self.units() as unit:
                    order = await unit.orders.get(each.event.order_id)
                await self.give(order)

    async def give(self, order: Order) -> None:
        """Idempotent."""
        if not order.grants or not await self.has_member(order):
            return
        for key, grant in keyed_grants(order):
            if grant.kind is GrantKind.POINTS:
                await retrying(partial(self._give_points, order, grant, key), repeatable=True)
            else:
                await self._give_coupons(order, grant, key)

    async def has_member(self, order: Order) -> bool:
        """Whether there is an account that grants can go to."""
        if order.customer_id is None:
            return False
        async with self.units() as unit:
            try:
                return not (await unit.customers.get(order.customer_id)).frozen
            except NotFound:
                return False

    async def _give_points(self, order: Order, grant: Grant, key: str) -> None:
        async with self.units() as unit:
            await self.transfer_points(unit, order, grant, key)
            await unit.commit()

    async def transfer_points(
        self, unit: UnitOfWork, order: Order, grant: Grant, key: str
    ) -> Transfer:
        """Returns the transfer that gave the points: this one, or an earlier one."""
        return await unit.transfers.transfer(
            Transfer(
                id=TransferId(self.new_id()),
                key=key,
                reason="grant",
                at=self.now(),
                lines=payment(
                    await self._open(unit, None),
                    await self._open(unit, order.customer_id),
                    grant.amount,
                    source="grant",
                ),
            )
        )

    async def _open(self, unit: UnitOfWork, customer_id: CustomerId | None) -> LedgerAccount:
        """The points of a member, or the account of the shop that issues them."""
        account_id = LedgerAccountId(self.new_id())
        if customer_id is None:
            account = shop_account(account_id, LedgerAccountKind.ISSUED, POINTS)
        else:
            account = LedgerAccount(
                id=account_id,
                owner=Owner(OwnerKind.MEMBER, customer_id),
                unit=POINTS,
                kind=LedgerAccountKind.POINTS,
            )
        return await unit.ledger_accounts.open(account)

    async def _give_coupons(self, order: Order, grant: Grant, key: str) -> None:
        for source in coupon_sources(grant, key):
            try:
                await retrying(
                    partial(self._give_coupon, order, grant.batch, source), repeatable=True
                )
            except (BatchClosed, NoCouponsLeft, NotFound) as error:
                log.warning("no coupon for order %s: %s", order.number, error)
                return

    async def _give_coupon(self, order: Order, batch_code: str, source: str) -> None:
        async with self.units() as unit:
            batch = await unit.coupon_batches.get(batch_code)
            batch.check_open(CouponKind.PERSONAL, self.now())
            await check_promotion(unit, batch)
            person = person_of(order.customer_id, order.contact)
            await unit.coupons.give(batch, person, [source], self.now())
            await unit.commit()


def keyed_grants(order: Order) -> Iterator[tuple[str, Grant]]:
    """The grants of an order with their keys, which are used once."""
    for number, grant in enumerate(order.grants, start=1):
        yield f"order {order.id} {grant.promotion} {number}", grant


def coupon_sources(grant: Grant, key: str) -> Iterator[str]:
    """A source for each coupon of a grant."""
    return (f"{key} {number}" for number in range(1, grant.amount + 1))
