"""Deletes records of the price history that are no evidence any more."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.purges import purge_all
from ports.applied_prices import PurgeAppliedPrices
from ports.clock import Clock

PURGED_AT_ONCE = 1_000

KEPT = timedelta(days=3 * 366)
"""Source: E-Commerce Law of the People's Republic of China, art. 31: at least three years."""


@dataclass(frozen=True, slots=True)
class PurgePriceHistory:
    """Delete records that ended three years ago. Returns their number.

    Records of a variant that is reduced now stay: they prove its prior price.
    """

    purge: PurgeAppliedPrices
    now: Clock

    async def __call__(self) -> int:
        before = self.now() - KEPT
        return await purge_all(lambda: self.purge(before, PURGED_AT_ONCE))
