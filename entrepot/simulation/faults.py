"""What goes wrong at a gateway, when a test, or a person, wants it to."""

from collections import Counter
from enum import StrEnum


class Fault(StrEnum):
    """What can be armed.

    ``DROP_AFTER_APPLY``: it is done, and the answer is lost. ``BAD_SIGNATURE``: it is done,
    and the answer cannot be believed. ``SERVER_ERROR``: nothing is done, and 500 is answered.
    ``HIDDEN_DIFFERENCE``: the next statement has one line that is wrong.
    """

    DROP_AFTER_APPLY = "drop_after_apply"
    BAD_SIGNATURE = "bad_signature"
    SERVER_ERROR = "server_error"
    HIDDEN_DIFFERENCE = "hidden_difference"


class Faults:
    """Armed for a number of requests, and then gone."""

    def __init__(self) -> None:
        self._armed: Counter[Fault] = Counter()

    def arm(self, fault: Fault, times: int = 1) -> None:
        self._armed[fault] += times

    def strikes(self, fault: Fault) -> bool:
        """Whether it happens to this request; it is one less for the next."""
        if self._armed[fault] < 1:
            return False
        self._armed[fault] -= 1
        return True
