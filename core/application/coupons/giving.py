"""Gives coupons to members: staff issue them, and members take them."""

from dataclasses import dataclass

from core.application.retries import retried
from core.domain.accounts import BeingErased
from core.domain.claims import person_of
from core.domain.identifiers import CustomerId
from core.domain.pricing.coupons.batches import BatchClosed, CouponBatch, CouponTaken
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.promotions.managed import PromotionState
from ports.clock import Clock, NewId
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True)
class IssueCoupon:
    """Issue a personal coupon to a member. Returns its code.

    Raises:
        BatchClosed: the batch or its promotion has ended, or the batch is not personal.
        BeingErased: an erasure of the account has begun.
        NoCouponsLeft: the batch has its size.
        NotFound: the batch or the member is unknown.
    """

    units: UnitsOfWork
    now: Clock
    new_id: NewId

    @retried
    async def __call__(self, batch_code: str, customer_id: CustomerId) -> str:
        async with self.units() as unit:
            if (await unit.customers.get(customer_id)).frozen:
                raise BeingErased
            batch = await unit.coupon_batches.get(batch_code)
            batch.check_open(CouponKind.PERSONAL, self.now())
            await check_promotion(unit, batch)
            sources = [f"staff {self.new_id()}"]
            person = person_of(customer_id, "")
            code = await unit.coupons.give(batch, person, sources, self.now())
            assert code is not None
            await unit.commit()
        return code


@dataclass(frozen=True, slots=True)
class ClaimCoupon:
    """A member takes a coupon (领券). Returns its code.

    Raises:
        BatchClosed: the batch is not running, its promotion has ended, or its coupons cannot be
            taken.
        CouponTaken: the member has taken as many as one person may.
        NoCouponsLeft: all were taken.
        NotFound: the batch is unknown.
    """

    units: UnitsOfWork
    now: Clock

    @retried
    async def __call__(self, batch_code: str, customer_id: CustomerId) -> str:
        async with self.units() as unit:
            batch = await unit.coupon_batches.get(batch_code)
            batch.check_open(CouponKind.CLAIMED, self.now())
            await check_promotion(unit, batch)
            sources = [f"taken {number + 1}" for number in range(batch.most_each)]
            person = person_of(customer_id, "")
            code = await unit.coupons.give(batch, person, sources, self.now())
            if code is None:
                raise CouponTaken
            await unit.commit()
        return code


async def check_promotion(unit: UnitOfWork, batch: CouponBatch) -> None:
    """Raises `BatchClosed` if the promotion has ended: its coupons open nothing."""
    promotion = await unit.promotions.find(batch.promotion)
    if promotion and promotion.state is PromotionState.ENDED:
        raise BatchClosed(batch.code)
