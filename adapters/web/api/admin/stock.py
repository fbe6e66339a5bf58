"""Stock counts."""

from typing import Annotated

import msgspec
from litestar import put
from litestar.params import FromPath, JSONBody

from adapters.web.access.requirements import needs
from adapters.web.api.body import Body
from adapters.web.dependencies import Given
from core.application.stock import CountStock
from core.domain.identifiers import LocationCode, Sku
from core.domain.shop_permissions import CATALOGUE_READ, STOCK_CHANGE
from core.domain.stock import StockLevel

Counted = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class StockBody(Body, frozen=True, kw_only=True):
    """``on_hand`` is the counted stock. If open orders need more, nothing is for sale any more.

    ``backorder_limit`` is the number of units that can be sold beyond it; it keeps its value if
    omitted.
    """

    on_hand: Counted
    backorder_limit: Counted | None = None
    location: Annotated[str, msgspec.Meta(max_length=60)] | None = None


@put(
    "/stock/{sku:str}",
    operation_id="recordStockCount",
    summary="Record a stock count",
    tags=["Back office"],
    status_code=200,
    opt=needs(CATALOGUE_READ, STOCK_CHANGE),
)
async def count(
    sku: FromPath[str],
    data: JSONBody[StockBody],
    count_stock: Given[CountStock],
    location: Given[str],
) -> StockLevel:
    """`missing` are the units that open orders need and that the count did not find."""
    counted_at = LocationCode(data.location or location)
    return await count_stock(Sku(sku), counted_at, data.on_hand, data.backorder_limit)


handlers = [count]
