"""Checks of single values.

Types are exact. A subclass of `str` can be markup that a page does not escape, and a subclass of
`Money` can override its arithmetic.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from core.domain.money import MAX_MINOR, Money
from core.domain.text import LANGUAGES, Text

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
MAX_NAME = 120
MAX_ADDRESS = 8_192
MAX_COUNT = 10**9
INVISIBLE = {"Cc", "Cs"}
"""Unicode categories of control characters and lone surrogates, which no column stores."""

T = TypeVar("T")


class WrongAnswer(Exception):
    """The answer of a plugin does not keep the contract of its port."""


def exactly(value: Any, kind: type[T], what: str) -> T:
    if type(value) is not kind:
        raise WrongAnswer(f"{what} is a {type(value).__name__} and no {kind.__name__}")
    return value


def nothing(value: Any) -> None:
    """The answer of a method that returns nothing."""
    if value is not None:
        raise WrongAnswer(f"answered with {type(value).__name__}")


def text_of(value: Any, what: str, *, most: int = MAX_NAME, least: int = 0) -> str:
    text = exactly(value, str, what)
    if not least <= len(text) <= most:
        raise WrongAnswer(f"{what} has {len(text)} characters instead of {least} to {most}")
    if any(unicodedata.category(each) in INVISIBLE for each in text):
        raise WrongAnswer(f"{what} has a control character")
    return text


def code_of(value: Any, what: str) -> str:
    code = exactly(value, str, what)
    if not CODE.fullmatch(code):
        raise WrongAnswer(f"{what} is no code of 1 to 64 letters, digits, dots and dashes")
    return code


def words_of(value: Any, what: str, *, most: int = MAX_NAME, least: int = 0) -> Text:
    """A `Text` that may be empty. Each language that it has is ``least`` to ``most`` characters."""
    words = exactly(value, Text, what)
    by_language = mapping_of(words.by_language, what, most=len(LANGUAGES))
    for language, text in by_language.items():
        if language not in LANGUAGES:
            raise WrongAnswer(f"{what} has an unknown language")
        text_of(text, what, most=most, least=least)
    return words


def names_of(value: Any, what: str, *, most: int = MAX_NAME) -> Text:
    """A name in at least one language."""
    names = words_of(value, what, most=most, least=1)
    if not names:
        raise WrongAnswer(f"{what} is empty")
    return names


def number_of(value: Any, what: str, *, least: int = 0, most: int = MAX_COUNT) -> int:
    number = exactly(value, int, what)
    if not least <= number <= most:
        raise WrongAnswer(f"{what} is not from {least} to {most}")
    return number


def money_of(value: Any, what: str, *, currency: str = "") -> Money:
    """An amount that is not negative; in ``currency``, if it is given."""
    money = exactly(value, Money, what)
    number_of(money.minor, what, most=MAX_MINOR)
    if currency and money.currency != currency:
        raise WrongAnswer(f"{what} is not in {currency}")
    return Money(money.minor, exactly(money.currency, str, what))


def id_of(value: Any, what: str) -> UUID:
    """A UUID. Drivers such as asyncpg return a subclass."""
    if not isinstance(value, UUID):
        raise WrongAnswer(f"{what} is a {type(value).__name__} and no UUID")
    return value


def moment_of(value: Any, what: str) -> datetime:
    moment = exactly(value, datetime, what)
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise WrongAnswer(f"{what} has no time zone")
    return moment


def address_of(value: Any, what: str, *, http: bool = False) -> str:
    """An ``https`` address. ``http`` also allows that scheme, for a shop without TLS."""
    address = text_of(value, what, most=MAX_ADDRESS)
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise WrongAnswer(f"{what} is no address") from error
    schemes = {"https", "http"} if http else {"https"}
    if parts.scheme not in schemes or not parts.hostname or " " in address:
        raise WrongAnswer(f"{what} is no https address")
    return address


def tuple_of(value: Any, what: str, *, most: int) -> tuple[Any, ...]:
    """A tuple or list of at most ``most`` items, as a tuple."""
    if type(value) is not tuple and type(value) is not list:
        raise WrongAnswer(f"{what} is a {type(value).__name__} and no tuple")
    if len(value) > most:
        raise WrongAnswer(f"{what} has {len(value)} items and may have {most}")
    return tuple(value)


def mapping_of(value: Any, what: str, *, most: int) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping) or len(value) > most:
        raise WrongAnswer(f"{what} is no mapping of at most {most} items")
    return value


def optional(value: Any, check: Callable[[Any], T]) -> T | None:
    return None if value is None else check(value)
