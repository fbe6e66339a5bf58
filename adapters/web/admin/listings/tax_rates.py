"""The list of tax rates."""

from adapters.web.admin.listings.cells import period
from adapters.web.admin.listings.slices import cut_out
from adapters.web.language import shop_text, translator
from core.domain.pricing.taxes.rates import TaxRate
from core.domain.shop_permissions import TAXES_CHANGE
from ports.admin.listings import (
    Act,
    Column,
    Listing,
    ListingPage,
    ListingQuery,
    Row,
    SortBy,
)
from ports.pricing import PricingQueries

INCLUDED = {None: "As the settings say", True: "Yes", False: "No"}
REMOVE = "remove"


def tax_rate_listing(pricing_queries: PricingQueries) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        rates = await pricing_queries.tax_rates()
        return cut_out([_row(name, rate, query.language) for name, rate in rates.items()], query)

    return Listing(
        title=shop_text("Tax rates"),
        load=load,
        sort=SortBy("name"),
        empty=shop_text("There are no tax rates."),
        acts=(
            Act(
                code=REMOVE,
                label=shop_text("Remove"),
                dangerous=True,
                permission=TAXES_CHANGE.code,
                warning=shop_text(
                    "Remove only a rate that was never in force. Give any other an end instead."
                ),
            ),
        ),
        columns=(
            Column(key="name", label=shop_text("Name for staff"), sortable=True),
            Column(key="tax", label=shop_text("Tax"), sortable=True),
            Column(key="code", label=shop_text("Tax code")),
            Column(key="rate", label=shop_text("Rate")),
            Column(key="tax_class", label=shop_text("Class of goods"), sortable=True),
            Column(key="place", label=shop_text("Place"), sortable=True),
            Column(key="period", label=shop_text("Period")),
            Column(key="included", label=shop_text("Prices contain it")),
        ),
    )


def _row(name: str, rate: TaxRate, language: str) -> Row:
    everywhere = translator(language)("Everywhere")
    return Row(
        key=name,
        cells={
            "name": name,
            "tax": rate.label,
            "code": rate.code,
            "rate": rate.rate,
            "tax_class": rate.tax_class,
            "place": f"{rate.zone.country or everywhere} {rate.zone.region}".strip(),
            "period": period(rate.starts_at, rate.ends_at, language),
            "included": translator(language)(INCLUDED[rate.included]),
        },
    )
