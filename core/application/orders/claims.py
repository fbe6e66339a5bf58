"""Holds the claims of an order in its transaction."""

from collections.abc import Sequence

from core.domain.claims import Claim, ClaimRefused
from core.domain.orders.order import Order
from ports.unit_of_work import UnitOfWork


async def hold_claims(unit: UnitOfWork, order: Order, claims: Sequence[Claim]) -> None:
    """Hold all claims in full; an order that costs nothing takes them.

    Raises `ClaimRefused`, also for a claim that was cut.
    """
    if not claims:
        return
    granted = await unit.claims.hold(order.id, claims)
    for claim, amount in zip(claims, granted, strict=True):
        if amount < claim.amount:
            raise ClaimRefused(claim, amount)
    if order.was_paid:
        await unit.claims.take(order.id)
