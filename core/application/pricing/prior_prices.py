"""Finds the prior price of each reduction when it begins."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.pricing.applied.price_history import PUBLIC, PriceRecord
from core.domain.pricing.applied.prior_price import Deal, PriceLaw, reduction
from ports.unit_of_work import UnitOfWork

LOOKED_BACK = timedelta(days=120)
"""Four times what the laws ask for: a growing reduction counts from its first step."""

Deals = Mapping[tuple[datetime, str], Sequence[Deal]]


@dataclass(frozen=True, slots=True)
class AddPriorPrices:
    """Give the records of public reductions the prior price that the law of the shop allows.

    A reduction without one is not announced: its record has no prior price.
    """

    law: PriceLaw

    async def __call__(
        self, unit: UnitOfWork, begun: Sequence[PriceRecord], perishable: Collection[str]
    ) -> Sequence[PriceRecord]:
        """``begun`` are not stored yet, and the records before them have their ends."""
        reduced = [each for each in begun if _is_reduced(each)]
        if not reduced:
            return begun
        skus = sorted({each.sku for each in reduced})
        since = min(each.starts_at for each in reduced) - LOOKED_BACK
        history: dict[str, list[PriceRecord]] = defaultdict(list)
        stored = await unit.applied_prices.public_history(skus, since)
        for record in (*stored, *(each for each in begun if each.audience == PUBLIC)):
            history[record.sku].append(record)
        deals = await self._deals(unit, reduced)
        return [
            self._announced(each, history[each.sku], deals, perishable)
            if _is_reduced(each)
            else each
            for each in begun
        ]

    def _announced(
        self,
        record: PriceRecord,
        history: Sequence[PriceRecord],
        deals: Deals,
        perishable: Collection[str],
    ) -> PriceRecord:
        found = reduction(
            self.law,
            [each.applied for each in history],
            deals.get((record.starts_at, record.sku), ()),
            record.starts_at,
            perishable=record.sku in perishable,
        )
        if found is None:
            return record
        return replace(record, prior_minor=found.prior, prior_basis=found.basis)

    async def _deals(self, unit: UnitOfWork, reduced: Sequence[PriceRecord]) -> Deals:
        if self.law is not PriceLaw.CN:
            return {}
        skus: dict[datetime, set[str]] = defaultdict(set)
        for each in reduced:
            skus[each.starts_at].add(each.sku)
        return {
            (at, sku): deals
            for at, of_moment in skus.items()
            for sku, deals in (await unit.priced_goods.deals(sorted(of_moment), at)).items()
        }


def _is_reduced(record: PriceRecord) -> bool:
    return record.audience == PUBLIC and bool(record.source)
