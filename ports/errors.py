"""What can go wrong at any port; the type says whether to try again.

::

    PortError
    ├── Unavailable      nothing happened: try again later
    ├── Rejected         final; the reason may be shown to a person
    ├── OutcomeUnknown   it may have happened: ask before doing it again
    └── BadSignature     not from whom it says
"""

from typing import ClassVar


class PortError(Exception):
    """Something outside of the shop did not do as asked."""

    code: ClassVar[str] = "port_error"
    template: ClassVar[str] = "A service that the shop needs did not answer. Try again."


class Unavailable(PortError):
    code = "unavailable"
    template = "This service is not available right now. Try again in a minute."


class Rejected(PortError):
    """``reason`` is safe to show."""

    code = "rejected"
    template = "The service refused: {reason}"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class OutcomeUnknown(PortError):
    code = "outcome_unknown"
    template = "We do not know yet whether this worked. Do not repeat it; look again in a minute."


class BadSignature(PortError):
    code = "bad_signature"
    template = "The signature is not valid."
