"""What goes wrong at a gateway, when a test, or a person, wants it to."""

from collections import Counter
from enum import StrEnum


class Fault(StrEnum):
    """A failure that a test can trigger.

    ``DROP_AFTER_APPLY``: the request takes effect and the response is lost. ``BAD_SIGNATURE``:
    the request takes effect and the signature of the response is invalid. ``SERVER_ERROR``:
    nothing happens and the response is 500. ``HIDDEN_DIFFERENCE``: the next statement has one
    wrong line.
    """

    DROP_AFTER_APPLY = "drop_after_apply"
    BAD_SIGNATURE = "bad_signature"
    SERVER_ERROR = "server_error"
    HIDDEN_DIFFERENCE = "hidden_difference"


class Faults:
    """Triggers a fault for a number of requests."""

    def __init__(self) -> None:
        self._armed: Counter[Fault] = Counter()

    def arm(self, fault: Fault, times: int = 1) -> None:
        self._armed[fault] += times

    def strikes(self, fault: Fault) -> bool:
        """Whether this request fails. Each call counts as one request."""
        if self._armed[fault] < 1:
            return False
        self._armed[fault] -= 1
        return True
