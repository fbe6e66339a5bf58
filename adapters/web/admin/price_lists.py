"""Price lists: list, create and edit them. Their prices are in `prices`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.promotions import price_list_listing
from adapters.web.admin.listings.views import exported, listing_view
from adapters.web.admin.price_list_form import (
    FIRST,
    new_price_list_form,
    price_list_form,
    price_list_of,
)
from adapters.web.admin.prices import TEMPLATE, PriceListPage
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.pricing.price_lists import SavePriceList
from core.domain.shop_permissions import PRICES_CHANGE, PRICES_READ
from ports.admin.listings import Listing
from ports.pricing import PricingQueries

LISTS = "price_lists.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListsPage:
    context: Given[AdminContext]
    pricing_queries: Given[PricingQueries]

    @property
    def listing(self) -> Listing:
        return price_list_listing(self.pricing_queries)

    async def variables(self) -> Mapping[str, Any]:
        view = await listing_view(self.context, self.listing)
        return {"view": view, "form": new_price_list_form(), "values": FIRST}


@get("/price-lists", include_in_schema=False, opt=needs(PRICES_READ))
async def list_price_lists(
    context: Given[AdminContext], price_lists_page: Given[PriceListsPage]
) -> Response[Any]:
    file = exported(context, price_lists_page.listing)
    return file or context.page(LISTS, **await price_lists_page.variables())


@post(
    "/price-lists",
    include_in_schema=False,
    opt=needs(PRICES_READ, PRICES_CHANGE) | named_by("code"),
)
async def create(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    price_lists_page: Given[PriceListsPage],
    read_form: Given[ReadForm],
    save_price_list: Given[SavePriceList],
) -> Response[Any]:
    async with context.form_page(LISTS, price_lists_page.variables, values=form.values):
        values = read_form(new_price_list_form(), form)
        price_list = price_list_of(values, values["code"])
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
    form: Given[SubmittedForm],
    price_list_page: Given[PriceListPage],
    read_form: Given[ReadForm],
    save_price_list: Given[SavePriceList],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, price_list_page.variables, values=form.values):
        price_list = price_list_of(read_form(price_list_form(), form), code)
        await save_price_list(price_list, version=form.number("version", 0))
    return context.redirect(f"/price-lists/{code}?done=saved")


handlers = [list_price_lists, show, create, change]
