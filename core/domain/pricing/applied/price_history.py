"""The history of prices in lists: which records end and begin when the engine shows others."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.domain.catalogue.variant import Sale
from core.domain.identifiers import ProductId
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.applied.prior_price import AppliedPrice, PriorBasis
from core.domain.pricing.applied.shown_prices import NO_GROUPS, ShownPrice, shown_prices
from core.domain.pricing.promotions.circumstances import CustomerGroup
from core.domain.pricing.promotions.conditions import leaves
from core.domain.pricing.request import RequestLine
from core.domain.pricing.rules import PricingRules

PUBLIC = ""
"""The audience of a price that all buyers see."""

GROUP = "group:"

Prices = Mapping[tuple[str, str], ShownPrice]
"""By SKU and audience. A group is missing if it sees the public price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedVariant:
    """A variant of a published product. ``line`` is one unit at the regular price.

    Its key is the SKU.
    """

    product_id: ProductId
    line: RequestLine
    sale: Sale | None = None
    is_perishable: bool = False

    def at(self, moment: datetime) -> RequestLine:
        sale, line = self.sale, self.line
        if sale is None or not sale.is_on(moment) or sale.price.minor >= line.list_price:
            return line
        return replace(line, list_price=sale.price.minor, is_on_sale=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRecord:
    """A price that applied for an audience from ``starts_at`` until before ``ends_at``.

    ``source`` is that of `ShownPrice`. ``prior_minor`` is the prior price that was announced with
    it, and ``prior_basis`` says what that is; both are None without one.
    """

    id: UUID
    sku: str
    product_id: ProductId
    audience: str
    minor: int
    source: str
    starts_at: datetime
    ends_at: datetime | None = None
    prior_minor: int | None = None
    prior_basis: PriorBasis | None = None

    @property
    def applied(self) -> AppliedPrice:
        return AppliedPrice(
            minor=self.minor,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            source=self.source,
            public=self.audience == PUBLIC,
        )


def audiences_of(rules: PricingRules) -> Mapping[str, frozenset[str]]:
    """The groups of each audience whose prices in lists may differ; the public one is first."""
    groups = {group for each in rules.price_lists for group in each.groups}
    for promotion in rules.by_lane.get(Lane.CATALOGUE, ()):
        for condition in leaves(promotion.condition):
            if isinstance(condition, CustomerGroup):
                groups.update(condition.groups)
    return {PUBLIC: NO_GROUPS, **{f"{GROUP}{each}": frozenset({each}) for each in sorted(groups)}}


def prices_at(
    variants: Iterable[PricedVariant], rules: PricingRules, currency: str, at: datetime
) -> Prices:
    """What the engine shows of each variant to each audience."""
    lines = [each.at(at) for each in variants]
    found: dict[tuple[str, str], ShownPrice] = {}
    for audience, groups in audiences_of(rules).items():
        for sku, shown in shown_prices(lines, rules, currency, at, groups).items():
            public = found.get((sku, PUBLIC))
            if public is None or _key(shown) != _key(public):
                found[sku, audience] = shown
    return found


class PriceHistory:
    """Records that are open, and what becomes of them.

    ``ended`` has the ends of records that were open before, and ``begun`` the new ones by id.
    ``changed`` are the products of both.
    """

    def __init__(self, records: Iterable[PriceRecord], new_id: Callable[[], UUID]) -> None:
        self._open = {(each.sku, each.audience): each for each in records}
        self._new_id = new_id
        self.ended: dict[UUID, datetime] = {}
        self.begun: dict[UUID, PriceRecord] = {}
        self.changed: set[ProductId] = set()

    def advance(
        self,
        at: datetime,
        product_ids: Collection[ProductId],
        variants: Sequence[PricedVariant],
        prices: Prices,
    ) -> None:
        """From ``at`` on, ``prices`` apply to the ``variants`` of the products, and no others."""
        owners = {each.line.sku: each.product_id for each in variants}
        for key, record in list(self._open.items()):
            if record.product_id in product_ids or record.sku in owners:
                price, owner = prices.get(key), owners.get(record.sku)
                if price is None or (*_key(price), owner) != (*_key(record), record.product_id):
                    self._end(key, at)
        for (sku, audience), price in prices.items():
            if (sku, audience) not in self._open:
                self._begin(sku, audience, price, owners[sku], at)

    def _end(self, key: tuple[str, str], at: datetime) -> None:
        record = self._open.pop(key)
        self.changed.add(record.product_id)
        if record.id in self.begun:
            self.begun[record.id] = replace(record, ends_at=at)
        else:
            self.ended[record.id] = at

    def _begin(
        self, sku: str, audience: str, price: ShownPrice, owner: ProductId, at: datetime
    ) -> None:
        record = PriceRecord(
            id=self._new_id(),
            sku=sku,
            product_id=owner,
            audience=audience,
            minor=price.minor,
            source=price.source,
            starts_at=at,
        )
        self.changed.add(owner)
        self._open[sku, audience] = self.begun[record.id] = record


def _key(price: ShownPrice | PriceRecord) -> tuple[int, str]:
    return price.minor, price.source
