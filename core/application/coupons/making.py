"""Makes the codes of a batch. They are exported while they are made, and never again."""

from collections.abc import Callable
from dataclasses import dataclass

from core.application.retries import retried
from core.domain.errors import Invalid
from core.domain.pricing.coupons.batches import CodesExported, CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from ports.clock import Clock
from ports.coupons import CodeFile, NewCouponCode
from ports.unit_of_work import RepeatableUnits

CHUNK = 10_000
MOST_CODES = 10_000_000


@dataclass(frozen=True, slots=True)
class MakeCoupons:
    """Make codes until the batch has ``count`` coupons, and write them to ``file``.

    An interrupted run continues if it is started again with its file. ``progress`` is called with
    the number of coupons that the batch has. Returns the number of new codes.

    Raises:
        BatchClosed: the batch has ended, or is not public.
        CodesExported: the batch has as many coupons already.
        Invalid: more than the size of the batch.
        Rejected: the file is not the one of the interrupted run.
        StaleVersion: a concurrent run makes codes of the batch.
    """

    units: RepeatableUnits
    now: Clock
    new_code: NewCouponCode

    async def __call__(
        self, code: str, count: int, file: CodeFile, progress: Callable[[int], None]
    ) -> int:
        batch = first = await self._batch(code)
        batch.check_open(CouponKind.PUBLIC, self.now())
        most = batch.size or MOST_CODES
        if count > most:
            raise Invalid("count", "Make at most {most} codes.", most=most)
        if count <= batch.made:
            raise CodesExported(batch.code, batch.made)
        file.resume(batch.made)
        while batch.made < count:
            await self._make(batch, min(CHUNK, count - batch.made), file)
            batch = await self._batch(code)
            progress(batch.made)
        return batch.made - first.made

    async def _batch(self, code: str) -> CouponBatch:
        async with self.units() as unit:
            return await unit.coupon_batches.get(code)

    @retried
    async def _make(self, batch: CouponBatch, count: int, file: CodeFile) -> None:
        codes = [self.new_code() for _ in range(count)]
        async with self.units() as unit:
            await unit.coupons.add_codes(batch, codes, self.now())
            # Before the commit: a code that is not in the file is of no use, and `resume` drops
            # one that is only there.
            file.write(batch.made + 1, codes)
            await unit.commit()
