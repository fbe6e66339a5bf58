"""The circuit breaker of a plugin, and its counters."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ports.clock import Clock

FAILURES_TO_OPEN = 5
OPEN_FOR = timedelta(seconds=30)


class Health(StrEnum):
    """``ready``: not called yet. ``failing``: the last call failed.

    ``quarantined``: the circuit breaker is open. The plugin is not called.
    """

    READY = "ready"
    HEALTHY = "healthy"
    FAILING = "failing"
    QUARANTINED = "quarantined"


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """Counts the calls and failures of a plugin since the process started.

    ``abandoned`` counts the event loops that the plugin blocked.
    """

    calls: int = 0
    failures: int = 0
    failures_in_a_row: int = 0
    abandoned: int = 0
    last_error: str = ""


@dataclass(slots=True)
class CircuitBreaker:
    """Opens for 30 seconds after five failures in a row, or at once with `open`.

    With ``opens_at_failures`` False it counts alone. That is for calls that strangers cause: a
    forged request must not stop the genuine ones.
    """

    now: Clock
    opens_at_failures: bool = True
    record: CallRecord = field(default_factory=CallRecord)
    _open_until: datetime | None = None

    @property
    def health(self) -> Health:
        if self._open_until is not None and self.now() < self._open_until:
            return Health.QUARANTINED
        if self.record.failures_in_a_row:
            return Health.FAILING
        return Health.HEALTHY if self.record.calls else Health.READY

    def succeeded(self) -> None:
        self.record.failures_in_a_row = 0
        self._open_until = None

    def failed(self, error: BaseException) -> None:
        self.record.failures += 1
        self.record.failures_in_a_row += 1
        self.record.last_error = type(error).__name__
        if self.opens_at_failures and self.record.failures_in_a_row >= FAILURES_TO_OPEN:
            self.open()

    def open(self) -> None:
        self._open_until = self.now() + OPEN_FOR
