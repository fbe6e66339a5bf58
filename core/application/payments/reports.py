"""Checks the values that a gateway reports, before the shop compares and stores them."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from enum import Enum
from hashlib import sha256

from core.domain.errors import PaymentMismatch
from core.domain.money import Money
from ports.payments.gateway import GatewayPayment
from ports.payments.refunds import GatewayRefund

LONGEST_TEXT = 200
FIRST_YEAR, LAST_YEAR = 2000, 9000
"""Outside of these years, a time zone can make a time that no database stores."""

Report = GatewayPayment | GatewayRefund


def check_values(report: Report) -> None:
    """Check that the shop can store what is reported: PostgreSQL refuses NUL, for example.

    Raises:
        PaymentMismatch: a value has another type, is too long, or has control characters.
    """
    for name, value in _values(report):
        if name != "failure" and not _is_sound(value):
            raise PaymentMismatch(storable(report.reference), f"an unusable {name}")


def described(report: Report) -> str:
    """One line per value. Times are left out: a gateway can report its own clock."""
    values = ((name, value) for name, value in _values(report) if not isinstance(value, datetime))
    return "\n".join(f"{name}={value}" for name, value in values)


def key_of(*said: object) -> str:
    """The same key for the same content."""
    text = "\n".join(described(each) if isinstance(each, Report) else repr(each) for each in said)
    return sha256(text.encode(errors="backslashreplace")).hexdigest()[:32]


def storable(text: object, longest: int = LONGEST_TEXT) -> str:
    r"""A text that every database stores and every page shows.

    >>> storable("A\x00B") == "A\ufffdB"
    True
    """
    return "".join(each if each.isprintable() else "\ufffd" for each in str(text))[:longest]


def _values(report: Report) -> Iterator[tuple[str, object]]:
    return ((field.name, getattr(report, field.name)) for field in fields(report))


def _is_sound(value: object) -> bool:
    match value:
        case Enum() | None | Money():
            return True
        case str():
            return value == storable(value)
        case datetime():
            return value.tzinfo is not None and FIRST_YEAR < value.year < LAST_YEAR
        case _:
            return False
