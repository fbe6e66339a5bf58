"""The history of prices in lists: evidence for authorities and customers."""

from dataclasses import dataclass
from datetime import datetime

from litestar import get
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.pricing.applied.price_history import PriceRecord
from core.domain.pricing.applied.prior_price import PriorBasis
from core.domain.shop_permissions import PRICES_READ
from ports.applied_prices import PriceHistoryQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPriceView:
    """A price that lists showed from ``starts_at`` until before ``ends_at``, null if it still is.

    ``audience`` is empty for all buyers, or such as ``group:vip``. ``source`` has the codes of the
    price list and the promotions, or ``sale``. ``prior`` is the prior price that was announced.
    """

    audience: str
    price: Money
    source: str
    starts_at: datetime
    ends_at: datetime | None
    prior: Money | None
    prior_basis: PriorBasis | None


@get(
    "/prices/{sku:str}/history",
    operation_id="listPriceHistory",
    summary="List the prices that applied to a SKU",
    tags=["Back office"],
    opt=needs(PRICES_READ),
)
async def list_price_history(
    sku: FromPath[str],
    price_history: Given[PriceHistoryQueries],
    currency: Given[str],
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[AppliedPriceView]:
    """Latest first."""
    records, next_cursor = await price_history.of_sku(Sku(sku), limit, cursor)
    return Page(tuple(_view(each, currency) for each in records), next_cursor)


def _view(record: PriceRecord, currency: str) -> AppliedPriceView:
    prior = record.prior_minor
    return AppliedPriceView(
        audience=record.audience,
        price=Money(record.minor, currency),
        source=record.source,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        prior=None if prior is None else Money(prior, currency),
        prior_basis=record.prior_basis,
    )


handlers = [list_price_history]
