"""Compiles the prices that lists show into a history, with the prior prices of reductions."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.application.pricing.prior_prices import AddPriorPrices
from core.application.retries import retried
from core.domain.catalogue.variant import Sale
from core.domain.events import ProductChanged
from core.domain.identifiers import Currency, ProductId
from core.domain.pricing.applied.price_history import PricedVariant, PriceHistory, prices_at
from core.domain.pricing.applied.price_moments import moments_between, next_moment
from core.domain.pricing.rules import PricingRules
from ports.applied_prices import (
    Compiled,
    DueProduct,
    ReadRules,
    StoredRules,
)
from ports.clock import Clock, NewId
from ports.unit_of_work import UnitOfWork, UnitsOfWork

BATCH_SIZE = 100
RULES_KEPT = timedelta(days=1)
"""A history that is compiled later than this may miss a promotion that has ended meanwhile."""

NO_RULES = StoredRules(PricingRules(), -1, {}, {})


@dataclass(frozen=True, slots=True)
class ApplyPrices:
    """Bring the history of all products up to now. Returns the number of products.

    A product is due after it was saved, after a change of the rules, and at each moment when its
    price changes by the clock. A batch is one transaction, so an interrupted run goes on where it
    was; workers skip the products of each other.
    """

    units: UnitsOfWork
    read_rules: ReadRules
    add_prior_prices: AddPriorPrices
    currency: Currency
    new_id: NewId
    now: Clock

    async def __call__(self) -> int:
        compiled, stored = 0, NO_RULES
        while True:
            count, stored = await self._batch(None, stored)
            if not count:
                return compiled
            compiled += count

    async def to(self, product_ids: Sequence[ProductId]) -> None:
        """Only to these products, and without events: the caller reports them.

        Those that another worker has claimed are left to it.
        """
        stored = NO_RULES
        for start in range(0, len(product_ids), BATCH_SIZE):
            _, stored = await self._batch(product_ids[start : start + BATCH_SIZE], stored)

    async def _batch(
        self, product_ids: Sequence[ProductId] | None, stored: StoredRules
    ) -> tuple[int, StoredRules]:
        """``stored`` are the rules of the last batch; they are read again after a change."""
        count, version = await self._compile_due(product_ids, stored)
        while version > stored.version:
            stored = await self.read_rules(self.now() - RULES_KEPT)
            count, version = await self._compile_due(product_ids, stored)
        return count, stored

    @retried
    async def _compile_due(
        self, product_ids: Sequence[ProductId] | None, stored: StoredRules
    ) -> tuple[int, int]:
        """Returns the number of products, and the version of the rules that they need."""
        async with self.units() as unit:
            now = self.now()
            due = await unit.price_compilations.claim(now, BATCH_SIZE, product_ids)
            if not due:
                return 0, stored.version
            if due[0].version > stored.version:
                return 0, due[0].version
            changed = await self._compile(unit, due, stored, now)
            if product_ids is None:
                for each in changed:
                    unit.add_event(ProductChanged(product_id=each, at=now))
            await unit.commit()
        return len(due), stored.version

    async def _compile(
        self, unit: UnitOfWork, due: Sequence[DueProduct], stored: StoredRules, now: datetime
    ) -> Collection[ProductId]:
        """Returns the products whose prices changed."""
        product_ids = [each.product_id for each in due]
        variants_of: dict[ProductId, list[PricedVariant]] = defaultdict(list)
        for variant in await unit.priced_goods.variants(product_ids):
            variants_of[variant.product_id].append(variant)
        variants = [each for of_product in variants_of.values() for each in of_product]
        skus = [each.line.sku for each in variants]
        history = PriceHistory(await unit.applied_prices.open(product_ids, skus), self.new_id)
        for at, products in _moments(due, variants_of, stored, now).items():
            own = [each for product in products for each in variants_of[product]]
            # Not by their times: the clock of another host may be ahead.
            rules = stored.rules if at >= now else stored.at(at)
            history.advance(at, products, own, prices_at(own, rules, self.currency, at))
        await unit.applied_prices.end(history.ended)
        perishable = {each.line.sku for each in variants if each.is_perishable}
        begun = await self.add_prior_prices(unit, list(history.begun.values()), perishable)
        await unit.applied_prices.add(begun)
        await unit.price_compilations.save(
            [_compiled(each, variants_of[each.product_id], stored, now) for each in due]
        )
        return history.changed


def _moments(
    due: Sequence[DueProduct],
    variants_of: Mapping[ProductId, Sequence[PricedVariant]],
    stored: StoredRules,
    now: datetime,
) -> Mapping[datetime, set[ProductId]]:
    """The moments when prices may have changed, in order, with the products that are due then."""
    products: dict[datetime, set[ProductId]] = defaultdict(set)
    for each in due:
        for at in _moments_of(each, _sales(variants_of[each.product_id]), stored, now):
            products[at].add(each.product_id)
    return dict(sorted(products.items()))


def _moments_of(
    due: DueProduct, sales: Sequence[Sale], stored: StoredRules, now: datetime
) -> Iterator[datetime]:
    """From the last save of the product on: it is not known how it was before."""
    compiled_at = due.compiled_at or due.saved_at or now
    latest = max(now, compiled_at)
    since = min(max(compiled_at, due.saved_at or compiled_at), latest)
    if due.saved_at:
        yield since
    yield from (at for at in stored.changes if since <= at <= latest)
    if due.changes_at and since < due.changes_at <= latest:
        # What has ended long ago is not in the rules any more.
        yield due.changes_at
    yield from moments_between(stored.rules, sales, since, latest)
    yield latest


def _compiled(
    due: DueProduct, variants: Sequence[PricedVariant], stored: StoredRules, now: datetime
) -> Compiled:
    at = max(now, due.compiled_at or now)
    return Compiled(
        product_id=due.product_id,
        at=at,
        version=stored.version,
        changes_at=next_moment(stored.rules, _sales(variants), at) if variants else None,
    )


def _sales(variants: Sequence[PricedVariant]) -> Sequence[Sale]:
    return [each.sale for each in variants if each.sale]
