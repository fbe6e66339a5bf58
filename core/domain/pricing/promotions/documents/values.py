"""Plain values of documents: texts, numbers, amounts and moments."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from core.domain.errors import Invalid
from core.domain.money import Money
from core.domain.pricing.promotions.amounts import Amounts
from core.domain.pricing.promotions.arguments import ArgumentType
from core.domain.text import Text

MAX_TEXT_LENGTH = 200
MAX_NUMBER = 10**12
MAX_DECIMALS = 4


def write_value(value_type: ArgumentType, value: Any) -> object:
    write = WRITERS.get(value_type)
    return write(value) if write else value


def read_value(value_type: ArgumentType, choices: Any, value: object, path: str) -> object:
    """``choices`` is the enum of a choice. Raises `Invalid` with the path."""
    match value_type:
        case ArgumentType.CHOICE:
            return _choice(choices, value, path)
        case ArgumentType.CHOICES:
            return read_list(value, path, lambda each, place: _choice(choices, each, place))
        case ArgumentType.TEXTS:
            return read_list(value, path, _text)
        case _:
            return READERS[value_type](value, path)


def read_list(
    value: object, path: str, read: Callable[[object, str], object]
) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise Invalid(path, "This must be a list.")
    return tuple(read(each, f"{path}[{index}]") for index, each in enumerate(value))


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT_LENGTH:
        raise Invalid(path, "Enter a text of 1 to {most} characters.", most=MAX_TEXT_LENGTH)
    return value


def _number(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_NUMBER:
        raise Invalid(path, "Enter a whole number.")
    return value


def _decimal(value: object, path: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Invalid(path, "Enter a number as a text, such as “12.5”.")
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MAX_DECIMALS or abs(number) > MAX_NUMBER:
        raise Invalid(path, "Enter a number such as “12.5”.")
    return number


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(path, "Enter true or false.")
    return value


def _choice(choices: Any, value: object, path: str) -> object:
    known = [each.value for each in choices]
    if value not in known:
        raise Invalid(path, "Use one of these values: {known}.", known=", ".join(known))
    return choices(value)


def _amounts(value: object, path: str) -> Amounts:
    if not isinstance(value, Mapping):
        raise Invalid(path, "Enter an amount for each currency.")
    minor = {}
    for currency, amount in value.items():
        place = f"{path}.{currency}"
        if not isinstance(amount, str):
            raise Invalid(place, "Enter an amount as a text, such as “15.00”.")
        try:
            minor[str(currency)] = Money.parse(_text(amount, place), str(currency)).minor
            Amounts(minor)
        except Invalid as error:
            raise Invalid(place, error.template, **error.details) from error
    return Amounts(minor)


def _label(value: object, path: str) -> Text:
    if not isinstance(value, Mapping):
        raise Invalid(path, "Enter a text for each language.")
    try:
        label = Text({str(each): _text(text, f"{path}.{each}") for each, text in value.items()})
    except Invalid as error:
        raise Invalid(path, error.template, **error.details) from error
    if not label:
        raise Invalid(path, "Enter a text for each language.")
    return label


def _shares(value: object, path: str) -> Mapping[str, int]:
    if not isinstance(value, Mapping) or not value:
        raise Invalid(path, "Enter the share of each who bears the discount.")
    return {str(each): _number(share, f"{path}.{each}") for each, share in value.items()}


def _moment(value: object, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value, path))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(path, "Enter a moment with its offset, such as 2026-11-11T00:00:00+08:00.")
    return moment


def _time(value: object, path: str) -> time:
    try:
        return datetime.strptime(_text(value, path), "%H:%M").time()  # noqa: DTZ007 -- no date
    except ValueError:
        raise Invalid(path, "Enter a time such as 22:30.") from None


READERS: Mapping[ArgumentType, Callable[[object, str], object]] = {
    ArgumentType.TEXT: _text,
    ArgumentType.FACT: _text,
    ArgumentType.LABEL: _label,
    ArgumentType.NUMBER: _number,
    ArgumentType.DECIMAL: _decimal,
    ArgumentType.FLAG: _flag,
    ArgumentType.AMOUNTS: _amounts,
    ArgumentType.MOMENT: _moment,
    ArgumentType.TIME: _time,
    ArgumentType.SHARES: _shares,
}

WRITERS: Mapping[ArgumentType, Callable[[Any], object]] = {
    ArgumentType.LABEL: lambda label: dict(label.by_language),
    ArgumentType.DECIMAL: lambda number: f"{number.normalize():f}",
    ArgumentType.AMOUNTS: lambda amounts: {
        currency: str(Money(minor, currency).decimal)
        for currency, minor in amounts.by_currency.items()
    },
    ArgumentType.MOMENT: datetime.isoformat,
    ArgumentType.TIME: lambda at: at.strftime("%H:%M"),
    ArgumentType.SHARES: dict,
    ArgumentType.CHOICE: str,
    ArgumentType.TEXTS: list,
    ArgumentType.CHOICES: lambda chosen: [str(each) for each in chosen],
}
"""Values of the other types are written as they are."""
