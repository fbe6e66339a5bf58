"""Tax rates, under names that staff choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.params import FromPath, JSONBody

from adapters.web.access.requirements import needs
from adapters.web.api.admin.holds import Moment
from adapters.web.api.body import Body, Code, Texts
from adapters.web.dependencies import Given
from core.application.pricing.tax_rates import RemoveTaxRate, SaveTaxRate
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.shop_permissions import TAXES_CHANGE, TAXES_READ
from ports.pricing import PricingQueries


class TaxRateBody(Body, frozen=True, kw_only=True):
    """``rate`` is a decimal fraction, such as ``0.13``. ``included`` null: as the settings say."""

    code: Code
    label: Texts
    rate: Annotated[str, msgspec.Meta(max_length=20)]
    tax_class: Code
    country: Annotated[str, msgspec.Meta(pattern="^([A-Z]{2})?$")] = ""
    region: Annotated[str, msgspec.Meta(max_length=60)] = ""
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    priority: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)] = 0
    compound: bool = False
    included: bool | None = None

    def tax_rate(self) -> TaxRate:
        return TaxRate(
            code=self.code,
            label=self.label.text(),
            rate=self.rate,
            tax_class=self.tax_class,
            zone=TaxZone(self.country, self.region),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            priority=self.priority,
            compound=self.compound,
            included=self.included,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRateView:
    name: str
    code: str
    label: dict[str, str]
    rate: str
    tax_class: str
    country: str
    region: str
    starts_at: datetime | None
    ends_at: datetime | None
    priority: int
    compound: bool
    included: bool | None


@get(
    "/tax-rates",
    operation_id="listTaxRates",
    summary="List tax rates",
    tags=["Back office"],
    opt=needs(TAXES_READ),
)
async def list_tax_rates(pricing_queries: Given[PricingQueries]) -> Sequence[TaxRateView]:
    rates = await pricing_queries.tax_rates()
    return [_tax_rate(name, rate) for name, rate in rates.items()]


@put(
    "/tax-rates/{name:str}",
    operation_id="saveTaxRate",
    summary="Create or replace a tax rate",
    tags=["Back office"],
    status_code=204,
    opt=needs(TAXES_READ, TAXES_CHANGE),
)
async def save_tax_rate(
    name: FromPath[str], data: JSONBody[TaxRateBody], save_tax_rate: Given[SaveTaxRate]
) -> None:
    """`name` is for staff: a tax has a rate for each class of goods, zone and period."""
    await save_tax_rate(name, data.tax_rate())


@delete(
    "/tax-rates/{name:str}",
    operation_id="removeTaxRate",
    summary="Remove a tax rate",
    tags=["Back office"],
    opt=needs(TAXES_READ, TAXES_CHANGE),
)
async def remove_tax_rate(name: FromPath[str], remove_tax_rate: Given[RemoveTaxRate]) -> None:
    """For a rate that was never in force. Give any other an end instead."""
    await remove_tax_rate(name)


def _tax_rate(name: str, rate: TaxRate) -> TaxRateView:
    return TaxRateView(
        name=name,
        code=rate.code,
        label=dict(rate.label.by_language),
        rate=rate.rate,
        tax_class=rate.tax_class,
        country=rate.zone.country,
        region=rate.zone.region,
        starts_at=rate.starts_at,
        ends_at=rate.ends_at,
        priority=rate.priority,
        compound=rate.compound,
        included=rate.included,
    )


handlers = [list_tax_rates, save_tax_rate, remove_tax_rate]
