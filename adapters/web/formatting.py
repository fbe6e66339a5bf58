"""Amounts, times and countries in each language."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency
from markupsafe import Markup

from core.domain.calendar import CHINA_TIME
from core.domain.money import Money, exponent_of

LOCALES = {"zh": "zh_CN", "en": "en"}
BETWEEN_SENTENCES = {"zh": "", "en": " "}
CACHED_TEXTS = 20_000


@lru_cache(CACHED_TEXTS)
def money(amount: Money, language: str) -> str:
    """The amount with its currency symbol.

    >>> money(Money(129900, "CNY"), "zh")
    '¥1,299.00'
    """
    pattern = "¤#,##0" + ("." + "0" * exponent_of(amount.currency)).rstrip(".")
    return format_currency(
        amount.decimal,
        amount.currency,
        pattern,
        locale=_locale(language),
        currency_digits=False,
    )


@lru_cache(CACHED_TEXTS)
def moment(at: datetime, language: str) -> str:
    """Date and time in China, to the minute."""
    return format_datetime(at.astimezone(CHINA_TIME), "yyyy-MM-dd HH:mm", locale=_locale(language))


def percent(rate: str) -> str:
    """A decimal fraction as a percentage.

    >>> percent("0.13"), percent("0.0825"), percent("0.1")
    ('13%', '8.25%', '10%')
    """
    return f"{(Decimal(rate) * 100).normalize():f}%"


def sentences(*texts: str, language: str) -> str:
    """Joins sentences: Chinese has no space between them.

    >>> sentences("一。", "二。", language="zh"), sentences("One.", "Two.", language="en")
    ('一。二。', 'One. Two.')
    """
    return BETWEEN_SENTENCES[language].join(texts)


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


@lru_cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """``(ISO 3166 code, name)``, China first. Hong Kong, Macao and Taiwan are its regions."""
    territories = _locale(language).territories
    within_china = {"CN", "HK", "MO", "TW"}
    named = [
        (code, territories[code])
        for code in sorted(territories)
        if len(code) == 2 and code.isalpha() and code not in within_china | NO_COUNTRIES  # noqa: PLR2004
    ]
    named.sort(key=lambda pair: pair[1])
    return (("CN", territories["CN"]), *named)


@lru_cache
def country_options(language: str, chosen: str) -> Markup:
    """The countries as ``<option>`` elements."""
    return Markup("\n").join(
        Markup('<option value="{}"{}>{}</option>').format(
            code, Markup(" selected") if code == chosen else "", name
        )
        for code, name in countries(language)
    )


NO_COUNTRIES = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
