"""The page of a price list: a table of its prices to edit, and CSV files in and out."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.price_list_form import price_list_form, texts_of_price_list
from adapters.web.admin.price_table import edits_of, table_of
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import ONE_TIME
from core.application.pricing.price_edits import ChangePrices
from core.application.pricing.price_files import PriceRow, read_prices, written_prices
from core.application.pricing.price_lists import ReplacePrices
from core.domain.errors import Invalid
from core.domain.shop_permissions import PRICES_CHANGE, PRICES_READ
from ports.pricing import ListedPrice, PricingQueries
from ports.text_files import DecodeText

PAGE_SIZE = 50
FILE_PAGE_SIZE = 1_000
TEMPLATE = "price_list.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListPage:
    code: FromPath[str]
    context: Given[AdminContext]
    pricing_queries: Given[PricingQueries]

    async def variables(self) -> Mapping[str, Any]:
        """Raises `NotFound`."""
        return await self.variables_of(SubmittedForm({}), self.context.query("q"))

    async def variables_of(self, form: SubmittedForm, search: str = "") -> Mapping[str, Any]:
        """``form`` is the table as it was sent, if an edit was refused."""
        search = form.text("q") or search
        cursor = form.text("cursor") or self.context.query("cursor")
        summary = await self.pricing_queries.price_list(self.code)
        prices, next_cursor = await self.pricing_queries.prices(
            self.code, limit=PAGE_SIZE, cursor=cursor, search=search
        )
        return {
            "summary": summary,
            "form": price_list_form(),
            "values": texts_of_price_list(summary),
            "table": table_of(prices, form),
            "search": search,
            "cursor": cursor,
            "next_page": urlencode({"q": search, "cursor": next_cursor}) if next_cursor else "",
        }


@get("/price-lists/{code:str}/prices.csv", include_in_schema=False, opt=needs(PRICES_READ))
async def export(code: FromPath[str], pricing_queries: Given[PricingQueries]) -> Response[str]:
    """Raises `NotFound`."""
    await pricing_queries.price_list(code)
    prices: list[ListedPrice] = []
    cursor = ""
    while True:
        page, cursor = await pricing_queries.prices(code, limit=FILE_PAGE_SIZE, cursor=cursor)
        prices += page
        if not cursor:
            break
    return Response(
        "".join(written_prices(prices)),
        media_type="text/csv",
        headers={
            "content-disposition": f'attachment; filename="{code}.csv"',
            "cache-control": "private, no-store",
        },
    )


@post(
    "/price-lists/{code:str}/prices/changes",
    include_in_schema=False,
    opt=needs(PRICES_READ, PRICES_CHANGE) | ONE_TIME,
)
async def change_table(
    code: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    price_list_page: Given[PriceListPage],
    change_prices: Given[ChangePrices],
) -> Response[Any]:
    async def load() -> Mapping[str, Any]:
        return await price_list_page.variables_of(form)

    async with context.form_page(TEMPLATE, load):
        await change_prices(code, tuple(edits_of(form)))
    place = urlencode({"done": "prices", "q": form.text("q"), "cursor": form.text("cursor")})
    return context.redirect(f"/price-lists/{code}?{place}#prices")


@post(
    "/price-lists/{code:str}/prices",
    include_in_schema=False,
    opt=needs(PRICES_READ, PRICES_CHANGE) | ONE_TIME,
)
async def replace_all(
    code: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    price_list_page: Given[PriceListPage],
    replace_prices: Given[ReplacePrices],
    decode_text: Given[DecodeText],
) -> Response[Any]:
    async def load() -> Mapping[str, Any]:
        variables = await price_list_page.variables()
        return {**variables, "values": {**form.values, **variables["values"]}}

    async with context.form_page(TEMPLATE, load):
        rows = sent_rows(form, code, decode_text)
        await replace_prices(rows, code, version=form.number("version", 0))
    return context.redirect(f"/price-lists/{code}?done=prices#prices")


def sent_rows(form: SubmittedForm, code: str, decode_text: DecodeText) -> tuple[PriceRow, ...]:
    """The rows of the file, or those that were pasted. Raises `Invalid`."""
    file, pasted = form.file("file"), form.whole("prices")
    if file is not None and pasted.strip():
        raise Invalid("file", "Send a file, or paste rows: not both.")
    text = pasted if file is None else decode_text(file)
    return tuple(read_prices(StringIO(text, newline=None), code))


handlers = [export, change_table, replace_all]
