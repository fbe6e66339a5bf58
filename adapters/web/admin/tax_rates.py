"""Tax rates: list, save and remove them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.tax_rates import tax_rate_listing
from adapters.web.admin.listings.views import exported, listing_view
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.language import shop_text
from core.application.pricing.tax_rates import RemoveTaxRate, SaveTaxRate
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.shop_permissions import TAXES_CHANGE, TAXES_READ
from core.domain.text import Text
from ports.admin.forms import (
    Choice,
    ChoiceField,
    Form,
    FormField,
    MomentField,
    NumberField,
    Section,
    TextField,
    TranslatedField,
    YesNoField,
)
from ports.admin.listings import Act, Listing, Row
from ports.pricing import PricingQueries

TEMPLATE = "tax_rates.html"
INCLUDED = {"1": True, "0": False}


@cache
def tax_rate_form() -> Form:
    return Form(
        sections=(
            Section(
                fields=(
                    TextField(
                        name="name",
                        label=shop_text("Name for staff"),
                        help=shop_text("Such as cn-standard"),
                        required=True,
                    ),
                    TextField(
                        name="code",
                        label=shop_text("Tax code"),
                        help=shop_text("Such as vat"),
                        required=True,
                    ),
                    TextField(
                        name="rate",
                        label=shop_text("Rate"),
                        help=shop_text("Such as 0.13"),
                        required=True,
                    ),
                    TranslatedField(name="label", label=shop_text("Name"), required=True),
                    TextField(
                        name="tax_class",
                        label=shop_text("Class of goods"),
                        help=Text({"en": "standard"}),
                    ),
                    TextField(
                        name="country", label=shop_text("Country"), help=shop_text("Such as CN")
                    ),
                    TextField(name="region", label=shop_text("Region")),
                )
            ),
            Section(fields=(*_window(), _included(), _compound())),
        )
    )


def _window() -> tuple[FormField, ...]:
    return (
        MomentField(name="starts_at", label=shop_text("Starts at")),
        MomentField(name="ends_at", label=shop_text("Ends at")),
        NumberField(name="priority", label=shop_text("Priority")),
    )


def _included() -> ChoiceField:
    return ChoiceField(
        name="included",
        label=shop_text("Prices contain it"),
        choices=(Choice("1", shop_text("Yes")), Choice("0", shop_text("No"))),
        none=shop_text("As the settings say"),
    )


def _compound() -> YesNoField:
    return YesNoField(name="compound", label=shop_text("On the price with other taxes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRatesPage:
    context: Given[AdminContext]
    pricing_queries: Given[PricingQueries]

    @property
    def listing(self) -> Listing:
        return tax_rate_listing(self.pricing_queries)

    async def variables(self) -> Mapping[str, Any]:
        view = await listing_view(
            self.context,
            self.listing,
            acts=self.listing.acts if self.context.staff.can(TAXES_CHANGE.code) else (),
            act_address=self._address,
        )
        return {"view": view, "form": tax_rate_form(), "values": {}}

    def _address(self, act: Act, row: Row) -> str:
        return f"/{self.context.language}/admin/tax-rates/{row.key}/{act.code}"


@get("/tax-rates", include_in_schema=False, opt=needs(TAXES_READ))
async def list_tax_rates(
    context: Given[AdminContext], tax_rates_page: Given[TaxRatesPage]
) -> Response[Any]:
    file = exported(context, tax_rates_page.listing)
    return file or context.page(TEMPLATE, **await tax_rates_page.variables())


@post("/tax-rates", include_in_schema=False, opt=needs(TAXES_READ, TAXES_CHANGE) | named_by("name"))
async def save(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    tax_rates_page: Given[TaxRatesPage],
    read_form: Given[ReadForm],
    save_tax_rate: Given[SaveTaxRate],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, tax_rates_page.variables, values=form.values):
        values = read_form(tax_rate_form(), form)
        await save_tax_rate(values["name"], tax_rate_of(values))
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


def tax_rate_of(values: Mapping[str, Any]) -> TaxRate:
    """Raises `Invalid`."""
    return TaxRate(
        code=values["code"],
        label=values["label"],
        rate=values["rate"],
        tax_class=values["tax_class"] or "standard",
        zone=TaxZone(values["country"].upper(), values["region"]),
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        priority=values["priority"] or 0,
        compound=values["compound"],
        included=INCLUDED.get(values["included"]),
    )


handlers = [list_tax_rates, save, remove]
