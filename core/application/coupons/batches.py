"""Creates and ends batches of coupons, and revokes single coupons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.application.retries import retried
from core.domain.carts import MAX_COUPON_LENGTH
from core.domain.errors import Invalid
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.codes import normalised
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.promotions.managed import ManagedPromotion, PromotionState
from core.domain.pricing.windows import check_window
from ports.clock import Clock
from ports.unit_of_work import RepeatableUnits, UnitsOfWork

SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class CreateCouponBatch:
    """Create a batch. ``words`` are codes that were chosen, such as ``DOUBLE11``.

    Raises:
        AlreadyExists: the code of the batch, or a word, is in use.
        Invalid: a word is too short or too long, there are more words than the size of the
            batch, or the batch is not public or has no time. Its promotion does not exist, has
            ended, or does not open by coupon.
    """

    units: UnitsOfWork
    now: Clock

    @retried
    async def __call__(self, batch: CouponBatch, words: Sequence[str] = ()) -> None:
        codes = list(dict.fromkeys(map(normalised, words)))
        if codes and batch.kind is not CouponKind.PUBLIC:
            raise Invalid("words", "Only public coupons can have chosen words.")
        if any(len(code) < SHORTEST_WORD for code in codes):
            raise Invalid("words", "Use at least {least} characters.", least=SHORTEST_WORD)
        if any(len(code) > MAX_COUPON_LENGTH for code in codes):
            raise Invalid("words", "Use at most {most} characters.", most=MAX_COUPON_LENGTH)
        if batch.size and len(codes) > batch.size:
            raise Invalid("words", "The batch has room for {most} words.", most=batch.size)
        check_window(batch.starts_at, batch.ends_at)
        async with self.units() as unit:
            _check(await unit.promotions.find(batch.promotion), batch.promotion)
            await unit.coupon_batches.add(batch, self.now())
            # One by one, so that an error names the word.
            for number, code in enumerate(codes):
                await unit.coupons.add_codes(replace(batch, made=number), [code], self.now())
            await unit.commit()


def _check(promotion: ManagedPromotion | None, code: str) -> None:
    if promotion is None:
        raise Invalid("promotion", "There is no promotion “{value}”.", value=code[:60])
    if promotion.state is PromotionState.ENDED:
        raise Invalid("promotion", "The promotion “{value}” has ended.", value=code)
    if not promotion.promotion.by_coupon:
        raise Invalid("promotion", "The promotion “{value}” does not open by coupon.", value=code)


@dataclass(frozen=True, slots=True)
class EndCouponBatch:
    """End a batch: its coupons open nothing from now on. Idempotent.

    Orders that were placed keep their price. Raises `NotFound`.
    """

    units: RepeatableUnits
    now: Clock

    @retried
    async def __call__(self, code: str) -> None:
        async with self.units() as unit:
            await unit.coupon_batches.get(code)
            await unit.coupon_batches.end(code, self.now())
            await unit.commit()


@dataclass(frozen=True, slots=True)
class RevokeCoupon:
    """Revoke one coupon by its code: it is answered as unknown. Idempotent. Raises `NotFound`."""

    units: RepeatableUnits
    now: Clock

    @retried
    async def __call__(self, code: str) -> None:
        async with self.units() as unit:
            await unit.coupons.revoke(code, self.now())
            await unit.commit()
