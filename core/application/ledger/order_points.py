"""Points that pay a part of an order: held with it, spent when it is paid, given back with it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.domain.identifiers import LineKey
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
from core.domain.pricing.adjustments import Lane
from ports.clock import Clock, NewId
from ports.unit_of_work import UnitOfWork

LATEST = timedelta(days=365)
"""The end of a hold that was never ended. An order that is cancelled or expires ends it itself."""


@dataclass(frozen=True, slots=True)
class OrderPoints:
    """Each method works in the caller's unit of work, and does nothing for an order without points.

    The transfer has the id of its order, so an order spends its points once.
    """

    now: Clock
    new_id: NewId

    async def hold(self, unit: UnitOfWork, order: Order) -> None:
        """Raises `InsufficientBalance`. An order that costs nothing more spends them at once."""
        if not order.pricing.points:
            return
        assert order.customer_id is not None
        payer = await unit.ledger_accounts.open(self._member_account(order))
        spent = Transfer(
            id=TransferId(order.id),
            key=f"order {order.id} points",
            reason="order",
            at=order.placed_at,
            lines=payment(payer, await self._revenue(unit), order.pricing.points),
        )
        await unit.transfers.hold(spent, order.pay_before + LATEST)
        if order.was_paid:
            await self.spend(unit, order)

    async def spend(self, unit: UnitOfWork, order: Order) -> None:
        if order.pricing.points:
            await unit.transfers.post(TransferId(order.id), self.now())

    async def cancel(self, unit: UnitOfWork, order: Order) -> None:
        """Release the points of a cancelled order, or give back those that refunds did not."""
        if not order.pricing.points:
            return
        if not order.was_paid:
            await unit.transfers.void(TransferId(order.id), self.now())
            return
        await self.give_back(unit, order, Counter(order.quantities) - Counter(order.refunded))

    async def give_back(
        self, unit: UnitOfWork, order: Order, quantities: Mapping[LineKey, int]
    ) -> None:
        """``quantities`` are refunded now, beyond ``order.refunded``."""
        if order.customer_id is None:
            # After an erasure the account belongs to no member.
            return
        before = points_of(order, order.refunded)
        points = points_of(order, Counter(order.refunded) + Counter(quantities)) - before
        if not points:
            return
        receiver = await unit.ledger_accounts.open(self._member_account(order))
        transfer_id = TransferId(self.new_id())
        await unit.transfers.transfer(
            Transfer(
                id=transfer_id,
                key=f"points back {transfer_id}",
                reason="refund",
                at=self.now(),
                lines=payment(await self._revenue(unit), receiver, points),
                reverses=TransferId(order.id),
            )
        )

    async def _revenue(self, unit: UnitOfWork) -> LedgerAccount:
        account_id = LedgerAccountId(self.new_id())
        account = shop_account(account_id, LedgerAccountKind.REVENUE, POINTS)
        return await unit.ledger_accounts.open(account)

    def _member_account(self, order: Order) -> LedgerAccount:
        return LedgerAccount(
            id=LedgerAccountId(self.new_id()),
            owner=Owner(OwnerKind.MEMBER, order.customer_id),
            unit=POINTS,
            kind=LedgerAccountKind.POINTS,
        )


def points_of(order: Order, quantities: Mapping[LineKey, int]) -> int:
    """The points that these units were paid with: all units have all points of the order."""
    worth = {
        line.key: -sum(each.amount.minor for each in line.adjustments if each.lane is Lane.POINTS)
        for line in order.lines
    }
    part = sum(
        worth[line.key] * quantities.get(line.key, 0) // line.quantity for line in order.lines
    )
    total = sum(worth.values())
    return order.pricing.points * part // total if total else 0
