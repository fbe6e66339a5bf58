"""Errors of plugins: each becomes one of the shop's own classes, with checked attributes."""

from math import isfinite
from typing import Any

from ports.errors import (
    AmountExceeded,
    BadSignature,
    Declined,
    FundsMissing,
    Misconfigured,
    NotReadyYet,
    OutcomeUnknown,
    PortError,
    RateLimited,
    Rejected,
    Unavailable,
)

# Subclasses stand before their base class.
KINDS: tuple[type[PortError], ...] = (
    RateLimited,
    Unavailable,
    Declined,
    Misconfigured,
    AmountExceeded,
    Rejected,
    FundsMissing,
    OutcomeUnknown,
    NotReadyYet,
    BadSignature,
)
MAX_REASON = 300
MAX_RETRY_SECONDS = 3_600.0


def clean_error(error: PortError) -> PortError:
    """The same error without what a plugin can add: a template, a text that is no string."""
    kind = next((each for each in KINDS if isinstance(error, each)), Unavailable)
    if issubclass(kind, RateLimited):
        return kind(_seconds(getattr(error, "retry_after", None)))
    if issubclass(kind, Rejected):
        return kind(_reason(getattr(error, "reason", None)))
    return kind()


def _reason(value: Any) -> str:
    return value[:MAX_REASON] if type(value) is str else ""


def _seconds(value: Any) -> float:
    if type(value) not in {int, float} or not isfinite(value):
        return MAX_RETRY_SECONDS
    return min(max(float(value), 0.0), MAX_RETRY_SECONDS)
