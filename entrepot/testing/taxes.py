"""The conformance kit for a tax engine."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.plugins.answers.taxes import describe_tax_engine, taxes
from core.domain.money import Money
from ports.errors import Rejected
from ports.taxes import (
    RecordsTaxes,
    TaxAnswer,
    TaxEngine,
    TaxPlace,
    TaxRequest,
    TaxRequestLine,
)

CURRENCIES = ("EUR", "CNY", "USD", "JPY", "KWD")
NOWHERE = TaxPlace(country="ZZ", region="x", city="y", postcode="z")


class TaxEngineSuite:
    """Override the fixture ``tax_engine``, and ``tax_request`` if it does not serve Germany.

    The request has prices without tax, and lines that are taxed. The answers are checked as the
    shop checks them: what fails here is not used there.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def tax_engine(self) -> TaxEngine:
        raise NotImplementedError("Override the fixture `tax_engine`.")

    @pytest.fixture
    def tax_request(self) -> TaxRequest:
        return TaxRequest(
            reference="",
            at=datetime(2026, 11, 27, 12, tzinfo=UTC),
            origin=TaxPlace(country="DE", region="BE", city="Berlin", postcode="10115"),
            destination=TaxPlace(country="DE", region="HH", city="Hamburg", postcode="20095"),
            lines=(
                TaxRequestLine(
                    key="cups", tax_class="standard", quantity=3, amount=Money(9_999, "EUR")
                ),
                TaxRequestLine(
                    key="pot", tax_class="standard", quantity=1, amount=Money(4_995, "EUR")
                ),
                TaxRequestLine(
                    key="shipping", tax_class="standard", quantity=1, amount=Money(495, "EUR")
                ),
            ),
            prices_include_tax=False,
        )

    async def test_its_identity_is_complete(self, tax_engine: TaxEngine) -> None:
        assert isinstance(tax_engine, TaxEngine)
        assert describe_tax_engine(tax_engine) == describe_tax_engine(tax_engine)

    async def test_every_line_is_taxed(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        answer = taxes(await tax_engine.calculate(tax_request), tax_request)
        assert min(tax_sums(answer).values()) > 0
        assert [tax for each in answer.lines.values() for tax in each if tax.included] == []

    async def test_prices_that_include_tax_contain_it(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        """The tax of a price is lower when the price contains it."""
        added = taxes(await tax_engine.calculate(tax_request), tax_request)
        including = replace(tax_request, prices_include_tax=True)
        answer = taxes(await tax_engine.calculate(including), including)
        assert [tax for each in answer.lines.values() for tax in each if not tax.included] == []
        assert sum(tax_sums(answer).values()) < sum(tax_sums(added).values())

    async def test_the_same_request_has_the_same_taxes(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        first = await tax_engine.calculate(tax_request)
        assert await tax_engine.calculate(tax_request) == first

    async def test_the_order_of_lines_does_not_change_the_taxes(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        turned = replace(tax_request, lines=tax_request.lines[::-1])
        there = await tax_engine.calculate(tax_request)
        back = taxes(await tax_engine.calculate(turned), turned)
        assert sum(tax_sums(back).values()) == sum(tax_sums(there).values())

    async def test_goods_that_come_back_have_the_same_taxes_below_zero(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        refund = priced(tax_request, -1)
        answer = taxes(await tax_engine.calculate(refund), refund)
        sold = tax_sums(await tax_engine.calculate(tax_request))
        assert tax_sums(answer) == {key: -amount for key, amount in sold.items()}

    async def test_what_costs_nothing_has_no_tax(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        free = priced(tax_request, 0)
        answer = taxes(await tax_engine.calculate(free), free)
        assert set(tax_sums(answer).values()) == {0}

    async def test_many_lines_have_an_answer(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        lines = tuple(
            replace(line, key=f"{line.key}.{number}", quantity=999)
            for line in tax_request.lines
            for number in range(50)
        )
        request = replace(tax_request, lines=lines)
        taxes(await tax_engine.calculate(request), request)

    @pytest.mark.parametrize("currency", CURRENCIES)
    async def test_taxes_have_the_currency_of_the_prices_or_are_rejected(
        self, tax_engine: TaxEngine, tax_request: TaxRequest, currency: str
    ) -> None:
        lines = tuple(
            replace(line, amount=Money(line.amount.minor, currency)) for line in tax_request.lines
        )
        request = replace(tax_request, lines=lines)
        try:
            taxes(await tax_engine.calculate(request), request)
        except Rejected:
            return

    async def test_an_unknown_place_or_class_has_no_taxes_or_is_rejected(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        unknown = tuple(replace(line, tax_class="no-such-class") for line in tax_request.lines)
        for request in (
            replace(tax_request, destination=NOWHERE),
            replace(tax_request, lines=unknown),
        ):
            try:
                taxes(await tax_engine.calculate(request), request)
            except Rejected:
                continue

    async def test_requests_at_the_same_time_do_not_mix(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        requests = [priced(tax_request, factor) for factor in range(1, 6)]
        alone = [await tax_engine.calculate(request) for request in requests]
        together = await asyncio.gather(*(tax_engine.calculate(each) for each in requests * 5))
        assert list(together) == alone * 5

    async def test_nothing_about_the_place_is_logged(
        self,
        tax_engine: TaxEngine,
        tax_request: TaxRequest,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level("DEBUG")
        await tax_engine.calculate(tax_request)
        printed = capsys.readouterr()
        logged = f"{caplog.text}{printed.out}{printed.err}"
        place = tax_request.destination
        assert [each for each in (place.city, place.postcode) if each and each in logged] == []

    async def test_a_sale_is_recorded_once_and_taken_back_once(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        if not isinstance(tax_engine, RecordsTaxes):
            pytest.skip("this tax engine records nothing")
        sale = replace(tax_request, reference="20261127000001")
        for _ in range(2):
            await tax_engine.commit(sale)
        for _ in range(2):
            await tax_engine.void(sale.reference)

    async def test_another_sale_under_a_recorded_reference_is_rejected(
        self, tax_engine: TaxEngine, tax_request: TaxRequest
    ) -> None:
        if not isinstance(tax_engine, RecordsTaxes):
            pytest.skip("this tax engine records nothing")
        sale = replace(tax_request, reference="20261127000002")
        await tax_engine.commit(sale)
        with pytest.raises(Rejected):
            await tax_engine.commit(priced(sale, 2))

    async def test_a_reference_that_is_not_recorded_is_taken_back_without_an_error(
        self, tax_engine: TaxEngine
    ) -> None:
        if not isinstance(tax_engine, RecordsTaxes):
            pytest.skip("this tax engine records nothing")
        await tax_engine.void("20261127999999")


def priced(request: TaxRequest, factor: int) -> TaxRequest:
    """The request with all amounts multiplied."""
    lines = tuple(replace(line, amount=line.amount * factor) for line in request.lines)
    return replace(request, lines=lines)


def tax_sums(answer: TaxAnswer) -> Counter[str]:
    """The tax of each line, in minor units."""
    return Counter(
        {key: sum(tax.amount.minor for tax in found) for key, found in answer.lines.items()}
    )
