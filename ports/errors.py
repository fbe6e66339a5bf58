"""What can go wrong at any port; the type says whether to try again.

::

    PortError
    ├── Unavailable            nothing happened: try again later
    │   └── RateLimited        … after ``retry_after`` seconds
    ├── Rejected               final; the reason may be shown to a person
    │   ├── Declined           the buyer's bank or balance says no: another way of paying may do
    │   ├── Misconfigured      keys, permissions or a request that we built wrongly: ours to mend
    │   └── AmountExceeded     more than was paid, or than is left of it
    ├── FundsMissing           the merchant's balance is too low: the same again, later
    ├── OutcomeUnknown         it may have happened: ask before doing it again
    ├── NotReadyYet            it will be there later: a statement before its hour
    └── BadSignature           not from whom it says, or too old to be believed
"""

from typing import ClassVar


class PortError(Exception):
    """Something outside of the shop did not do as asked."""

    code: ClassVar[str] = "port_error"
    template: ClassVar[str] = "A service did not respond. Try again."


class Unavailable(PortError):
    code = "unavailable"
    template = "This service is not available right now. Try again in a minute."


class RateLimited(Unavailable):
    def __init__(self, retry_after: float = 60.0) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after)


class Rejected(PortError):
    """``reason`` is safe to show."""

    code = "rejected"
    template = "The service rejected the request: {reason}"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Declined(Rejected):
    """Nothing is wrong with the request: the buyer pays in another way."""


class Misconfigured(Rejected):
    """``reason`` is for the operator: a key, a permission, a field."""

    template = "This service is not set up correctly. Choose another one."


class AmountExceeded(Rejected):
    """Refused for good: more than was captured, or than is left."""


class FundsMissing(PortError):
    code = "funds_missing"
    template = "The shop's balance at the payment provider is too low."


class OutcomeUnknown(PortError):
    code = "outcome_unknown"
    template = "The result is not known yet. Do not repeat it. Check again in a minute."


class NotReadyYet(PortError):
    code = "not_ready_yet"
    template = "This is not ready yet. Try again later today."


class BadSignature(PortError):
    code = "bad_signature"
    template = "The signature is not valid."
