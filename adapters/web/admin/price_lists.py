"""Price lists: list, create and edit them. Their prices are in `prices`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.form_values import codes_of, moment_of
from adapters.web.admin.prices import LANES, TEMPLATE, PriceListPage
from adapters.web.dependencies import Given
from adapters.web.forms import Form
from core.application.pricing.price_lists import SavePriceList
from core.domain.pricing.price_lists import PriceList, PriceRank
from core.domain.shop_permissions import PRICES_CHANGE, PRICES_READ
from core.domain.text import LANGUAGES, Text
from ports.pricing import PricingQueries

LISTS = "price_lists.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListsPage:
    pricing_queries: Given[PricingQueries]

    async def variables(self) -> Mapping[str, Any]:
        rows = await self.pricing_queries.price_lists()
        return {"rows": rows, "values": {}, "lanes": LANES, "ranks": tuple(PriceRank)}


@get("/price-lists", include_in_schema=False, opt=needs(PRICES_READ))
async def list_price_lists(
    context: Given[AdminContext], price_lists_page: Given[PriceListsPage]
) -> Response[bytes]:
    return context.page(LISTS, **await price_lists_page.variables())


@post(
    "/price-lists",
    include_in_schema=False,
    opt=needs(PRICES_READ, PRICES_CHANGE) | named_by("code"),
)
async def create(
    context: Given[AdminContext],
    form: Given[Form],
    price_lists_page: Given[PriceListsPage],
    save_price_list: Given[SavePriceList],
) -> Response[Any]:
    async with context.form_page(LISTS, price_lists_page.variables, values=form.values):
        price_list = price_list_of(form, form.text("code"))
        await save_price_list(price_list, version=0)
    return context.redirect(f"/price-lists/{price_list.code}?done=saved")


@get("/price-lists/{code:str}", include_in_schema=False, opt=needs(PRICES_READ))
async def show(
    context: Given[AdminContext], price_list_page: Given[PriceListPage]
) -> Response[bytes]:
    return context.page(TEMPLATE, **await price_list_page.variables())


@post("/price-lists/{code:str}", include_in_schema=False, opt=needs(PRICES_READ, PRICES_CHANGE))
async def change(
    code: FromPath[str],
    context: Given[AdminContext],
    form: Given[Form],
    price_list_page: Given[PriceListPage],
    save_price_list: Given[SavePriceList],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, price_list_page.variables, values=form.values):
        await save_price_list(price_list_of(form, code), version=form.number("version", 0))
    return context.redirect(f"/price-lists/{code}?done=saved")


def price_list_of(form: Form, code: str) -> PriceList:
    """Raises `Invalid`."""
    rank = form.text("rank").upper()
    return PriceList(
        code=code,
        ladders={},
        rank=PriceRank[rank] if rank in PriceRank.__members__ else PriceRank.LIST,
        groups=frozenset(codes_of(form, "groups")),
        channels=frozenset(codes_of(form, "channels")),
        countries=frozenset(each.upper() for each in codes_of(form, "countries")),
        starts_at=moment_of(form, "starts_at"),
        ends_at=moment_of(form, "ends_at"),
        closes=frozenset(each for each in LANES if form.text(f"closes-{each}")),
        label=Text({each: form.text(f"label-{each}") for each in LANGUAGES}),
    )


handlers = [list_price_lists, show, create, change]
