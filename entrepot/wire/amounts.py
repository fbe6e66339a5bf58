"""Amounts in CNY: decimal yuan or integer fen."""

from core.domain.errors import Invalid
from core.domain.money import Money
from ports.errors import Rejected


def yuan(amount: Money) -> str:
    """With exactly two decimals.

    Raises:
        Rejected: it is not in CNY.

    >>> yuan(Money(5, "CNY"))
    '0.05'
    """
    return yuan_of_minor(fen(amount))


def fen(amount: Money) -> int:
    """Minor units of CNY. Raises `Rejected` for another currency."""
    if amount.currency != "CNY":
        raise Rejected("only CNY can be paid here")
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


def yuan_of_minor(minor: int) -> str:
    """Exactly two decimals; may be negative.

    >>> yuan_of_minor(-1990)
    '-19.90'
    """
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100}.{minor % 100:02d}"
