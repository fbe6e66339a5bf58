"""Answers of tax engines."""

import re
from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.checks import (
    WrongAnswer,
    code_of,
    exactly,
    mapping_of,
    names_of,
    number_of,
    tuple_of,
)
from core.domain.money import MAX_MINOR, Money
from core.domain.pricing.adjustments import TaxAmount
from ports.taxes import RecordsTaxes, TaxAnswer, TaxRequest, TaxRequestLine

MAX_TAXES = 20
RATE = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,8})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxEngineDescription:
    """What a tax engine says about itself. The shop asks once, at the start."""

    code: str
    records: bool


def describe_tax_engine(engine: Any) -> TaxEngineDescription:
    return TaxEngineDescription(
        code=code_of(engine.code, "the code"), records=isinstance(engine, RecordsTaxes)
    )


def taxes(answer: Any, request: TaxRequest) -> TaxAnswer:
    found = exactly(answer, TaxAnswer, "the taxes")
    by_key = mapping_of(found.lines, "the taxes", most=len(request.lines))
    if set(by_key) != {line.key for line in request.lines}:
        raise WrongAnswer("the taxes are not those of the lines of the request")
    return TaxAnswer(
        {line.key: _taxes_of(by_key[line.key], line, request) for line in request.lines}
    )


def _taxes_of(answer: Any, line: TaxRequestLine, request: TaxRequest) -> tuple[TaxAmount, ...]:
    found = tuple_of(answer, "the taxes of a line", most=MAX_TAXES)
    included = 0
    for each in found:
        tax = exactly(each, TaxAmount, "a tax")
        code_of(tax.code, "the code of a tax")
        names_of(tax.label, "the name of a tax")
        if not RATE.fullmatch(exactly(tax.rate, str, "the rate of a tax")):
            raise WrongAnswer("the rate of a tax is no decimal fraction")
        amount = _part_of(tax.amount, line, "the amount of a tax")
        if exactly(tax.included, bool, "whether a tax is included"):
            included += amount
    if included and not request.prices_include_tax:
        raise WrongAnswer("a price without tax includes a tax")
    if len({tax.code for tax in found}) < len(found):
        raise WrongAnswer("two taxes of a line have one code")
    if any(_part_of(tax.base, line, "the base") != line.amount.minor - included for tax in found):
        raise WrongAnswer("the base of a tax is not the amount without its included taxes")
    return found


def _part_of(value: Any, line: TaxRequestLine, what: str) -> int:
    """The minor units of an amount with the currency and the sign of the line."""
    money = exactly(value, Money, what)
    if exactly(money.currency, str, what) != line.amount.currency:
        raise WrongAnswer(f"{what} is not in {line.amount.currency}")
    minor = number_of(money.minor, what, least=-MAX_MINOR, most=MAX_MINOR)
    if minor * line.amount.minor < 0 or (minor and not line.amount.minor):
        raise WrongAnswer(f"{what} has not the sign of its line")
    return minor
