"""Tax engines with one fault each, and the case of the conformance kit that finds it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.domain.money import Money
from core.domain.pricing.adjustments import TaxAmount
from core.domain.pricing.arithmetic.splitting import equal_shares
from core.domain.pricing.taxes.calculation import taxes_of
from core.domain.pricing.taxes.lines import TaxableLine
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.pricing.taxes.settings import Abroad, TaxSettings
from core.domain.text import Text
from ports.errors import Rejected
from ports.taxes import TaxAnswer, TaxRequest

log = logging.getLogger(__name__)

GERMANY = TaxZone("DE")
RATES = (
    TaxRate(code="vat", label=Text({"en": "VAT"}), rate="0.19", tax_class="standard", zone=GERMANY),
    TaxRate(code="vat", label=Text({"en": "VAT"}), rate="0.07", tax_class="books", zone=GERMANY),
)


class WorkingTaxEngine:
    """The tax rates of the shop as a tax engine."""

    code = "rates"

    def __init__(self) -> None:
        self.recorded: dict[str, TaxRequest] = {}

    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        units = {line.key: equal_shares(line.amount.minor, line.quantity) for line in request.lines}
        found = taxes_of(
            [
                TaxableLine(
                    key=line.key,
                    tax_class=line.tax_class,
                    units=units[line.key],
                    list_units=units[line.key],
                )
                for line in request.lines
            ],
            None,
            zone=TaxZone(request.destination.country, request.destination.region),
            at=request.at,
            rates=RATES,
            settings=TaxSettings(
                prices_include_tax=request.prices_include_tax, abroad=Abroad.KEEP_GROSS
            ),
            currency=request.lines[0].amount.currency,
        )
        return TaxAnswer({key: line.taxes for key, line in found.lines.items()})

    async def commit(self, request: TaxRequest) -> None:
        if self.recorded.setdefault(request.reference, request) != request:
            raise Rejected("another sale has this reference")

    async def void(self, reference: str) -> None:
        self.recorded.pop(reference, None)


def changed(answer: TaxAnswer, change: Callable[[TaxAmount], TaxAmount]) -> TaxAnswer:
    return TaxAnswer(
        {key: tuple(change(tax) for tax in taxes) for key, taxes in answer.lines.items()}
    )


class ForgetsShipping(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        found = await super().calculate(request)
        return TaxAnswer({key: taxes for key, taxes in found.lines.items() if key != "shipping"})


class TaxesNothing(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        return TaxAnswer({line.key: () for line in request.lines})


class AddsToPricesWithTax(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        return await super().calculate(replace(request, prices_include_tax=False))


class IncludesInPricesWithoutTax(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        return await super().calculate(replace(request, prices_include_tax=True))


class BasesOnGross(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        found = await super().calculate(request)
        return changed(found, lambda tax: replace(tax, base=tax.base + tax.amount))


class TaxesWithAFraction(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        fraction: Any = 8.5
        found = await super().calculate(request)
        return changed(found, lambda tax: replace(tax, amount=Money(fraction, "EUR")))


class WritesPercent(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        return changed(await super().calculate(request), lambda tax: replace(tax, rate="19 %"))


class OneTaxTwice(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        found = await super().calculate(request)
        return TaxAnswer({key: taxes * 2 for key, taxes in found.lines.items()})


class HasNoNames(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        return changed(await super().calculate(request), lambda tax: replace(tax, label=Text({})))


class AnswersInEuros(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        found = await super().calculate(request)
        return changed(
            found,
            lambda tax: replace(
                tax, base=Money(tax.base.minor, "EUR"), amount=Money(tax.amount.minor, "EUR")
            ),
        )


class CountsItsCalls(WorkingTaxEngine):
    calls = 0

    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        self.calls += 1
        found = await super().calculate(request)
        return changed(found, lambda tax: replace(tax, code=f"{tax.code}.{self.calls}"))


class TaxesTheFirstLineMore(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        found = await super().calculate(request)
        first = request.lines[0].key
        more = changed(found, lambda tax: replace(tax, amount=tax.amount * 2))
        return TaxAnswer({**found.lines, first: more.lines[first]})


class KeepsTheTaxOfReturns(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        found = await super().calculate(request)
        if request.lines[0].amount.minor >= 0:
            return found
        return changed(found, lambda tax: replace(tax, amount=tax.amount * 0))


class TaxesGifts(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        found = await super().calculate(request)
        one = Money(1, "EUR")
        return changed(found, lambda tax: tax if tax.amount.minor else replace(tax, amount=one))


class AnswersForTenLines(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        return await super().calculate(replace(request, lines=request.lines[:10]))


class KnowsItsPlacesAlone(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        return {"DE": await super().calculate(request)}[request.destination.country]


class SharesItsRequests(WorkingTaxEngine):
    """Keeps the request in itself while it waits."""

    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        self.request = request
        await asyncio.sleep(0)
        return await super().calculate(self.request)


class LogsThePlace(WorkingTaxEngine):
    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        log.info("taxes for %s", request.destination)
        return await super().calculate(request)


class RecordsTwice(WorkingTaxEngine):
    async def commit(self, request: TaxRequest) -> None:
        if request.reference in self.recorded:
            raise Rejected("this is recorded")
        self.recorded[request.reference] = request


class RecordsWhatComesLast(WorkingTaxEngine):
    async def commit(self, request: TaxRequest) -> None:
        self.recorded[request.reference] = request


class VoidsOnlyRecords(WorkingTaxEngine):
    async def void(self, reference: str) -> None:
        del self.recorded[reference]


BROKEN_TAX_ENGINES: dict[type[WorkingTaxEngine], str] = {
    ForgetsShipping: "test_every_line_is_taxed",
    TaxesNothing: "test_every_line_is_taxed",
    AddsToPricesWithTax: "test_prices_that_include_tax_contain_it",
    IncludesInPricesWithoutTax: "test_every_line_is_taxed",
    BasesOnGross: "test_every_line_is_taxed",
    TaxesWithAFraction: "test_every_line_is_taxed",
    WritesPercent: "test_every_line_is_taxed",
    OneTaxTwice: "test_every_line_is_taxed",
    HasNoNames: "test_every_line_is_taxed",
    AnswersInEuros: "test_taxes_have_the_currency_of_the_prices_or_are_rejected",
    CountsItsCalls: "test_the_same_request_has_the_same_taxes",
    TaxesTheFirstLineMore: "test_the_order_of_lines_does_not_change_the_taxes",
    KeepsTheTaxOfReturns: "test_goods_that_come_back_have_the_same_taxes_below_zero",
    TaxesGifts: "test_what_costs_nothing_has_no_tax",
    AnswersForTenLines: "test_many_lines_have_an_answer",
    KnowsItsPlacesAlone: "test_an_unknown_place_or_class_has_no_taxes_or_is_rejected",
    SharesItsRequests: "test_requests_at_the_same_time_do_not_mix",
    LogsThePlace: "test_nothing_about_the_place_is_logged",
    RecordsTwice: "test_a_sale_is_recorded_once_and_taken_back_once",
    RecordsWhatComesLast: "test_another_sale_under_a_recorded_reference_is_rejected",
    VoidsOnlyRecords: "test_a_reference_that_is_not_recorded_is_taken_back_without_an_error",
}
