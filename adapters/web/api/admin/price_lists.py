"""Price lists with their prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from adapters.web.access.requirements import needs
from adapters.web.api.admin.holds import Moment
from adapters.web.api.body import Body, Code, SkuText, Texts, Version
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from core.application.pricing.price_files import PriceRow
from core.application.pricing.price_lists import ReplacePrices, SavePriceList
from core.domain.money import Money
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import PriceList, PriceRank
from core.domain.shop_permissions import PRICES_CHANGE, PRICES_READ
from ports.pricing import ListedPrice, PriceListSummary, PricingQueries

Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=200)]
Rank = Literal["list", "round", "contract"]


class PriceListBody(Body, frozen=True, kw_only=True):
    """Empty ``groups``, ``channels`` or ``countries`` are all of them.

    ``closes`` are the steps of the price that do not change these prices. ``label`` is shown
    beside the price. ``version`` is the one that was read, 0 for a new list; without it the last
    change wins.
    """

    rank: Rank = "list"
    groups: Codes = ()
    channels: Codes = ()
    countries: Codes = ()
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    closes: Annotated[tuple[Lane, ...], msgspec.Meta(max_length=len(Lane))] = ()
    label: Texts = msgspec.field(default_factory=Texts)
    version: Version | None = None

    def price_list(self, code: str) -> PriceList:
        return PriceList(
            code=code,
            ladders={},
            rank=PriceRank[self.rank.upper()],
            groups=frozenset(self.groups),
            channels=frozenset(self.channels),
            countries=frozenset(self.countries),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            closes=frozenset(self.closes),
            label=self.label.text(),
        )


class PriceBody(Body, frozen=True, kw_only=True):
    """The price of a unit from ``quantity`` units upwards, in major units: ``12.50``."""

    sku: SkuText
    quantity: Annotated[int, msgspec.Meta(ge=1, le=999_999_999)] = 1
    price: Annotated[str, msgspec.Meta(max_length=40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListView:
    """``skus`` is the number of SKUs with a price in the list."""

    code: str
    rank: Rank
    groups: Sequence[str]
    channels: Sequence[str]
    countries: Sequence[str]
    starts_at: datetime | None
    ends_at: datetime | None
    closes: Sequence[Lane]
    label: Mapping[str, str]
    currency: str
    skus: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceView:
    """As in `ListedPrice`; ``title`` is by language."""

    list: str
    sku: str
    quantity: int
    price: Money
    title: Mapping[str, str] | None
    list_price: Money | None


@dataclass(frozen=True, slots=True)
class SavedPriceList:
    version: int


@dataclass(frozen=True, slots=True)
class ReplacedPrices:
    prices: int


@get(
    "/price-lists",
    operation_id="listPriceLists",
    summary="List price lists",
    tags=["Back office"],
    opt=needs(PRICES_READ),
)
async def list_price_lists(pricing_queries: Given[PricingQueries]) -> Sequence[PriceListView]:
    return [_price_list(each) for each in await pricing_queries.price_lists()]


@put(
    "/price-lists/{code:str}",
    operation_id="savePriceList",
    summary="Create or change a price list",
    tags=["Back office"],
    status_code=200,
    opt=needs(PRICES_READ, PRICES_CHANGE),
)
async def save_price_list(
    code: FromPath[str], data: JSONBody[PriceListBody], save_price_list: Given[SavePriceList]
) -> SavedPriceList:
    """The prices of the list stay."""
    return SavedPriceList(await save_price_list(data.price_list(code), version=data.version))


@get(
    "/price-lists/{code:str}/prices",
    operation_id="listPrices",
    summary="List the prices of a price list",
    tags=["Back office"],
    opt=needs(PRICES_READ),
)
async def list_prices(
    code: FromPath[str],
    pricing_queries: Given[PricingQueries],
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[PriceView]:
    """By SKU and quantity."""
    await pricing_queries.price_list(code)
    rows, next_cursor = await pricing_queries.prices(code, limit=limit, cursor=cursor)
    return Page(tuple(map(_price, rows)), next_cursor)


@put(
    "/price-lists/{code:str}/prices",
    operation_id="replacePrices",
    summary="Replace the prices of a price list",
    tags=["Back office"],
    status_code=200,
    opt=needs(PRICES_READ, PRICES_CHANGE),
)
async def replace_prices(
    code: FromPath[str],
    data: JSONBody[Annotated[tuple[PriceBody, ...], msgspec.Meta(max_length=10_000)]],
    replace_prices: Given[ReplacePrices],
    version: Annotated[int | None, QueryParameter(ge=0)] = None,
) -> ReplacedPrices:
    """All or nothing. An error names a row, such as `line 1`.

    `version` is the version of the list that was read; without it the last change wins.
    """
    rows = [
        PriceRow(line=line, list=code, sku=each.sku, quantity=str(each.quantity), price=each.price)
        for line, each in enumerate(data, start=1)
    ]
    return ReplacedPrices((await replace_prices(rows, code, version=version))[code])


def _price(listed: ListedPrice) -> PriceView:
    return PriceView(
        list=listed.list,
        sku=listed.sku,
        quantity=listed.quantity,
        price=listed.price,
        title=listed.title.by_language if listed.title else None,
        list_price=listed.list_price,
    )


def _price_list(summary: PriceListSummary) -> PriceListView:
    each = summary.price_list
    ranks: dict[PriceRank, Rank] = {
        PriceRank.LIST: "list",
        PriceRank.ROUND: "round",
        PriceRank.CONTRACT: "contract",
    }
    return PriceListView(
        code=each.code,
        rank=ranks[each.rank],
        groups=sorted(each.groups),
        channels=sorted(each.channels),
        countries=sorted(each.countries),
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        closes=sorted(each.closes),
        label=each.label.by_language,
        currency=summary.currency,
        skus=summary.skus,
        version=summary.version,
    )


handlers = [list_price_lists, list_prices, save_price_list, replace_prices]
