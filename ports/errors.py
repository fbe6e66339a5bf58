"""Errors of the ports. The class says whether a retry can succeed.

::

    PortError
    ├── Unavailable            nothing happened; retry later
    │   ├── RateLimited        retry after ``retry_after`` seconds
    │   └── TransactionAborted the database ended the transaction; run it again
    ├── Rejected               final; the reason may be shown to a person
    │   ├── Declined           the buyer's bank refused; another payment method can work
    │   ├── Misconfigured      wrong keys, permissions or request; the operator must fix it
    │   └── AmountExceeded     the amount is more than was paid, or than is left
    ├── FundsMissing           the merchant's balance is too low; send the same request later
    ├── OutcomeUnknown         it may have happened; query before a retry
    ├── NotReadyYet            not available yet, such as a statement before its hour
    └── BadSignature           forged, expired, or of another account
"""

from typing import ClassVar


class PortError(Exception):
    """An external service did not complete a request."""

    code: ClassVar[str] = "port_error"
    template: ClassVar[str] = "A service did not respond. Try again."


class Unavailable(PortError):
    """Nothing happened. A retry after ``retry_after`` seconds can succeed."""

    code = "unavailable"
    retry_after: float = 30.0
    template = "This service is not available right now. Try again in a minute."


class RateLimited(Unavailable):
    """Nothing happened. Retry after ``retry_after`` seconds."""

    def __init__(self, retry_after: float = 60.0) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after)


class TransactionAborted(Unavailable):
    """The database rolled the transaction back: a deadlock, a lock timeout or a lost connection.

    `core.application.retries` runs the unit of work again.
    """

    code = "busy"
    retry_after = 2.0
    template = "The shop is busy right now. Try again in a moment."


class Rejected(PortError):
    """Refused; a retry cannot succeed. ``reason`` is safe to show to a user."""

    code = "rejected"
    template = "The service rejected the request: {reason}"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Declined(Rejected):
    """The buyer's bank or balance refused. Another way of payment can succeed."""


class Misconfigured(Rejected):
    """A key, a permission or a field is wrong. ``reason`` is for the operator."""

    template = "This service is not set up correctly. Choose another one."


class AmountExceeded(Rejected):
    """The amount is larger than what was captured, or than what is left."""


class FundsMissing(PortError):
    """The merchant's balance is too low. Send the same request again later."""

    code = "funds_missing"
    template = "The shop's balance at the payment provider is too low."


class OutcomeUnknown(PortError):
    """The request may have taken effect. Query the outcome before a retry."""

    code = "outcome_unknown"
    template = "The result is not known yet. Do not repeat it. Check again in a minute."


class NotReadyYet(PortError):
    """The result is not available yet, such as a statement before its hour."""

    code = "not_ready_yet"
    template = "This is not ready yet. Try again later today."


class BadSignature(PortError):
    """The signature is invalid, expired, or of another account."""

    code = "bad_signature"
    template = "The signature is not valid."
