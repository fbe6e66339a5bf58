"""Amounts in CNY: decimal yuan or integer fen."""

import re
from decimal import ROUND_HALF_UP, Decimal

from core.domain.errors import Invalid
from core.domain.money import Money
from ports.errors import Rejected

FEE = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,8})?")


def yuan(amount: Money) -> str:
    """Format an amount as yuan, with exactly two decimals.

    Raises:
        Rejected: the currency is not CNY.

    >>> yuan(Money(5, "CNY"))
    '0.05'
    """
    return yuan_of_minor(fen(amount))


def fen(amount: Money) -> int:
    """The amount in minor units of CNY. Raises `Rejected` for another currency."""
    if amount.currency != "CNY":
        raise Rejected("this gateway accepts only CNY")
    return amount.minor


def parse_yuan(text: str) -> Money:
    """Read yuan strictly: at most two decimals. Raises `ValueError`.

    >>> parse_yuan("19.9").minor
    1990
    """
    try:
        return Money.parse(text, "CNY")
    except Invalid as error:
        raise ValueError(text) from error


def parse_fee(text: str) -> Money:
    """Read a fee of a statement: it has up to five decimals and can be negative.

    Returns its absolute value, rounded half up to whole fen. Raises `ValueError`.

    >>> parse_fee("0.18500").minor, parse_fee("-0.18000").minor
    (19, 18)
    """
    if not FEE.fullmatch(text):
        raise ValueError(f"“{text}” is no fee")
    fen_of = abs(Decimal(text)).scaleb(2).quantize(Decimal(1), ROUND_HALF_UP)
    return Money(int(fen_of), "CNY")


def yuan_of_minor(minor: int) -> str:
    """Format minor units as yuan, with exactly two decimals. They may be negative.

    >>> yuan_of_minor(-1990)
    '-19.90'
    """
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100}.{minor % 100:02d}"
