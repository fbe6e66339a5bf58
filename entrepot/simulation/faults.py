"""Failures of a provider that a test can cause."""

from collections import Counter
from collections.abc import Callable
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
    """Each fault is armed for a number of requests. ``changes`` counts those of the trades."""

    def __init__(self, changes: Callable[[], int] = lambda: 0) -> None:
        self._armed: Counter[tuple[Fault, bool]] = Counter()
        self._changes = changes
        self._changes_before = 0

    def arm(self, fault: Fault, times: int = 1, *, on_change: bool = False) -> None:
        """With ``on_change``, a request that changes nothing, such as a query, has no fault."""
        self._armed[fault, on_change] += times

    def consume(self, fault: Fault) -> bool:
        """Use the fault for this request. Returns False if it is not armed."""
        changed = self._changes() > self._changes_before
        for on_change in (False, True):
            if self._armed[fault, on_change] > 0 and (changed or not on_change):
                self._armed[fault, on_change] -= 1
                return True
        return False

    def before_processing(self) -> None:
        """Raises `ResponseDropped` for ``SERVER_ERROR``."""
        self._changes_before = self._changes()
        self._drop(Fault.SERVER_ERROR)

    def after_processing(self) -> None:
        """Raises `ResponseDropped` for ``DROP_AFTER_APPLY``."""
        self._drop(Fault.DROP_AFTER_APPLY)

    def _drop(self, fault: Fault) -> None:
        if self.consume(fault):
            raise ResponseDropped
