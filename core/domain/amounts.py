"""Reads an amount as people and files write it. An ambiguous amount is no amount."""

import re

FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
"""Chinese input methods write these."""

MAX_WHOLE_DIGITS = 14
DOT_DECIMALS = re.compile(
    r"(?P<whole>[0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<fraction>[0-9]+))?"
)
"""``1299.5`` and ``1,299.5``: both languages of the shop write amounts like this."""

COMMA_DECIMALS = re.compile(
    r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+),(?P<fraction>[0-9]+)"
)
"""``1299,5`` and ``1.299,5``: files from most of Europe. The decimals are required."""


def minor_units_in(text: str, exponent: int) -> int | None:
    """Return the amount in minor units of a currency with ``exponent`` decimals.

    None if the text is not an amount, has too many decimals, or has more than one meaning.

    >>> minor_units_in("1,299.5", 2), minor_units_in("19,90", 2), minor_units_in("1,2,3", 2)
    (129950, 1990, None)
    >>> minor_units_in("1,299", 2), minor_units_in("1,299", 3)
    (129900, None)
    """
    plain = text.strip().translate(FULL_WIDTH)
    sign = -1 if plain.startswith("-") else 1
    readings = {
        minor
        for pattern in (DOT_DECIMALS, COMMA_DECIMALS)
        if (match := pattern.fullmatch(plain.removeprefix("-")))
        and (minor := _minor_units(match["whole"], match["fraction"] or "", exponent)) is not None
    }
    return sign * readings.pop() if len(readings) == 1 else None


def _minor_units(whole: str, fraction: str, exponent: int) -> int | None:
    digits = whole.replace(",", "").replace(".", "")
    if not digits + fraction or len(digits) > MAX_WHOLE_DIGITS or len(fraction) > exponent:
        return None
    return int((digits + fraction.ljust(exponent, "0")) or "0")
