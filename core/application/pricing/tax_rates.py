"""Saves and removes tax rates."""

from dataclasses import dataclass

from core.application.retries import retried
from core.domain.catalogue.tax_classes import EXEMPT
from core.domain.errors import Invalid
from core.domain.identifiers import check_country
from core.domain.pricing.promotions.managed import check_code
from core.domain.pricing.taxes.rates import TaxRate, classes_of_goods
from ports.pricing import ForgetRules, LoadRules
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class SaveTaxRate:
    """Create a tax rate, or replace the one with its name. Idempotent.

    ``name`` is for staff, such as ``cn-standard``: a tax has a rate for each class, zone and
    window. Raises `Invalid` if it cannot be part of an address, if the country is wrong, and for
    the class without taxes.
    """

    units: UnitsOfWork
    forget_rules: ForgetRules

    @retried
    async def __call__(self, name: str, rate: TaxRate) -> None:
        check_code(name)
        if rate.tax_class == EXEMPT:
            raise Invalid("tax_class", "Goods of the class “exempt” have no taxes.")
        if rate.zone.country:
            check_country("country", rate.zone.country)
        async with self.units() as unit:
            await unit.tax_rates.save(name, rate)
            await unit.commit()
        self.forget_rules()


@dataclass(frozen=True, slots=True)
class ListTaxClasses:
    """The classes that goods can have: standard, exempt, and those that tax rates name."""

    load_rules: LoadRules

    async def __call__(self) -> tuple[str, ...]:
        return classes_of_goods((await self.load_rules()).tax_rates)


@dataclass(frozen=True, slots=True)
class RemoveTaxRate:
    """Raises `NotFound`. A rate that was in force should get an end instead."""

    units: UnitsOfWork
    forget_rules: ForgetRules

    @retried
    async def __call__(self, name: str) -> None:
        async with self.units() as unit:
            await unit.tax_rates.remove(name)
            await unit.commit()
        self.forget_rules()
