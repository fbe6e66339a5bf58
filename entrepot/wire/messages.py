"""Reads what a provider signed: the signature proves the sender, and not that it makes sense."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from core.domain.errors import DomainError
from ports.errors import OutcomeUnknown
from ports.payments.notifications import Notification

UNREADABLE = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    DomainError,
)
"""What the readers raise for fields that are missing, deep, or of another type or value."""


def read_genuine(body: bytes, account: str, read: Callable[[], Notification]) -> Notification:
    """Read a notification with a valid signature. If ``read`` fails, its ``problem`` says why.

    The shop quarantines it: the provider will not send it in another form. `BadSignature` of
    ``read`` is for the notification of another account.
    """
    try:
        return read()
    except UNREADABLE as error:
        return Notification(
            key=f"unreadable-{sha256(body).hexdigest()[:32]}",
            account=account,
            problem=f"it cannot be read ({type(error).__name__}: {error})",
        )


@contextmanager
def reading_answer() -> Iterator[None]:
    """Raises `OutcomeUnknown` instead of the errors for an answer that cannot be read."""
    try:
        yield
    except UNREADABLE as error:
        raise OutcomeUnknown from error


def must_match(answer: Mapping[str, Any], asked: Mapping[str, object]) -> None:
    """Compare the fields of an answer with the request; an empty value was not known.

    Raises:
        OutcomeUnknown: the answer is about something else.
    """
    if any(value and answer.get(name) != value for name, value in asked.items()):
        raise OutcomeUnknown


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """A required text. Raises `LookupError` or `TypeError`."""
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value
