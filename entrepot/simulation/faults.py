"""Failures of a provider that a test can cause."""

from collections import Counter
from enum import StrEnum

from entrepot.simulation.refusals import ResponseDropped


class Fault(StrEnum):
    """A failure that a test can request.

    ``DROP_AFTER_APPLY``: the request is processed, and the response is lost.
    ``BAD_SIGNATURE``: the request is processed, and the signature of the response is wrong.
    ``SERVER_ERROR``: the request is not processed, and the response is lost.
    ``HIDDEN_DIFFERENCE``: the next statement has one line with a wrong amount.
    """

    DROP_AFTER_APPLY = "drop_after_apply"
    BAD_SIGNATURE = "bad_signature"
    SERVER_ERROR = "server_error"
    HIDDEN_DIFFERENCE = "hidden_difference"


class Faults:
    """Each fault is armed for a number of requests."""

    def __init__(self) -> None:
        self._armed: Counter[Fault] = Counter()

    def arm(self, fault: Fault, times: int = 1) -> None:
        self._armed[fault] += times

    def consume(self, fault: Fault) -> bool:
        """Use the fault for this request. Returns False if it is not armed."""
        if self._armed[fault] < 1:
            return False
        self._armed[fault] -= 1
        return True

    def before_processing(self) -> None:
        """Raises `ResponseDropped` for ``SERVER_ERROR``."""
        self._drop(Fault.SERVER_ERROR)

    def after_processing(self) -> None:
        """Raises `ResponseDropped` for ``DROP_AFTER_APPLY``."""
        self._drop(Fault.DROP_AFTER_APPLY)

    def _drop(self, fault: Fault) -> None:
        if self.consume(fault):
            raise ResponseDropped
