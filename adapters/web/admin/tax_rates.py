"""Tax rates: list, save and remove them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.form_values import moment_of
from adapters.web.dependencies import Given
from adapters.web.forms import Form
from core.application.pricing.tax_rates import RemoveTaxRate, SaveTaxRate
from core.domain.errors import Invalid
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.shop_permissions import TAXES_CHANGE, TAXES_READ
from core.domain.text import LANGUAGES, Text
from ports.pricing import PricingQueries

TEMPLATE = "tax_rates.html"
INCLUDED = {"1": True, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRatesPage:
    pricing_queries: Given[PricingQueries]

    async def variables(self) -> Mapping[str, Any]:
        return {"rates": await self.pricing_queries.tax_rates(), "values": {}}


@get("/tax-rates", include_in_schema=False, opt=needs(TAXES_READ))
async def list_tax_rates(
    context: Given[AdminContext], tax_rates_page: Given[TaxRatesPage]
) -> Response[bytes]:
    return context.page(TEMPLATE, **await tax_rates_page.variables())


@post("/tax-rates", include_in_schema=False, opt=needs(TAXES_READ, TAXES_CHANGE) | named_by("name"))
async def save(
    context: Given[AdminContext],
    form: Given[Form],
    tax_rates_page: Given[TaxRatesPage],
    save_tax_rate: Given[SaveTaxRate],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, tax_rates_page.variables, values=form.values):
        await save_tax_rate(form.text("name"), tax_rate_of(form))
    return context.redirect("/tax-rates?done=saved")


@post("/tax-rates/{name:str}/remove", include_in_schema=False, opt=needs(TAXES_READ, TAXES_CHANGE))
async def remove(
    name: FromPath[str],
    context: Given[AdminContext],
    tax_rates_page: Given[TaxRatesPage],
    remove_tax_rate: Given[RemoveTaxRate],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, tax_rates_page.variables):
        await remove_tax_rate(name)
    return context.redirect("/tax-rates?done=removed")


def tax_rate_of(form: Form) -> TaxRate:
    """Raises `Invalid`."""
    label = Text({each: form.text(f"label-{each}") for each in LANGUAGES})
    for name, text in (("code", form.text("code")), ("label-zh", label)):
        if not text:
            raise Invalid(name, "This value is missing.")
    return TaxRate(
        code=form.text("code"),
        label=label,
        rate=form.text("rate"),
        tax_class=form.text("tax_class") or "standard",
        zone=TaxZone(form.text("country").upper(), form.text("region")),
        starts_at=moment_of(form, "starts_at"),
        ends_at=moment_of(form, "ends_at"),
        priority=form.number("priority", 0),
        compound=bool(form.text("compound")),
        included=INCLUDED.get(form.text("included")),
    )


handlers = [list_tax_rates, save, remove]
