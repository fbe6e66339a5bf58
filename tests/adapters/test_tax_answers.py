"""Wrong answers of a tax engine: the shop does not use them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.taxes import taxes
from core.domain.money import Money
from core.domain.pricing.adjustments import TaxAmount
from core.domain.text import Text
from ports.taxes import TaxAnswer, TaxPlace, TaxRequest, TaxRequestLine


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


CHINA = TaxPlace(country="CN")
LINE = TaxRequestLine(key="pot", tax_class="standard", quantity=1, amount=yuan(11_300))
REQUEST = TaxRequest(
    reference="",
    at=datetime(2026, 11, 27, tzinfo=UTC),
    origin=CHINA,
    destination=CHINA,
    lines=(LINE,),
    prices_include_tax=True,
)
VAT = TaxAmount(
    code="vat",
    label=Text({"zh": "增值税"}),
    rate="0.13",
    base=yuan(10_000),
    amount=yuan(1_300),
    included=True,
)


def answer(*found: Any) -> TaxAnswer:
    return TaxAnswer({"pot": found})


def test_a_right_answer_is_used() -> None:
    assert taxes(answer(VAT), REQUEST) == answer(VAT)
    assert taxes(answer(), REQUEST) == answer()


@pytest.mark.parametrize(
    "wrong",
    [
        {"pot": [VAT]},
        TaxAnswer({}),
        TaxAnswer({"cup": (VAT,)}),
        TaxAnswer({"pot": (VAT,), "cup": (VAT,)}),
        answer(VAT, VAT),
        answer(*[replace(VAT, code=f"vat.{number}", amount=yuan(0)) for number in range(21)]),
        answer(None),
    ],
)
def test_an_answer_of_another_shape_is_refused(wrong: Any) -> None:
    with pytest.raises(WrongAnswer):
        taxes(wrong, REQUEST)


@pytest.mark.parametrize(
    "change",
    [
        {"code": "no code"},
        {"label": Text({})},
        {"rate": 0.13},
        {"rate": "13%"},
        {"amount": Money(1_300, "EUR")},
        {"base": Money(10_000, "EUR")},
        {"amount": 1_300},
        {"base": yuan(11_300)},
        {"amount": yuan(-1_300), "base": yuan(12_600)},
        {"included": 1},
        {"included": False},
    ],
    ids=str,
)
def test_a_tax_that_does_not_fit_its_line_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer):
        taxes(answer(replace(VAT, **change)), REQUEST)


Change = Callable[[TaxRequest], TaxRequest]


@pytest.mark.parametrize(
    "change",
    [
        lambda request: replace(request, prices_include_tax=False),
        lambda request: replace(request, lines=(replace(LINE, amount=yuan(-11_300)),)),
        lambda request: replace(request, lines=(replace(LINE, amount=yuan(0)),)),
    ],
    ids=["prices without tax", "goods come back", "goods cost nothing"],
)
def test_a_tax_that_does_not_fit_the_request_is_refused(change: Change) -> None:
    with pytest.raises(WrongAnswer):
        taxes(answer(VAT), change(REQUEST))
