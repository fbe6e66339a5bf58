"""The guard around every call of a plugin: timeout, bulkhead and circuit breaker."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import structlog

from ports.clock import Clock
from ports.errors import (
    BadSignature,
    FundsMissing,
    NotReadyYet,
    PortError,
    Rejected,
    Unavailable,
)

TIMEOUT_SECONDS = 10.0
MAX_CONCURRENT_CALLS = 20
FAILURES_TO_OPEN = 5
OPEN_FOR = timedelta(seconds=30)

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class Health(StrEnum):
    """``ready``: not called yet. ``failing``: the last call failed.

    ``quarantined``: the circuit breaker is open, for 30 seconds after five failures in a row.
    """

    READY = "ready"
    HEALTHY = "healthy"
    FAILING = "failing"
    QUARANTINED = "quarantined"


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """Counts the calls and failures of a plugin since the process started."""

    calls: int = 0
    failures: int = 0
    failures_in_a_row: int = 0
    last_error: str = ""
    open_until: datetime | None = None


class PluginGuard:
    """The guard of one plugin. Every exception of the plugin becomes a `PortError`."""

    def __init__(self, plugin: str, now: Clock, time_limit: float = TIMEOUT_SECONDS) -> None:
        self.plugin = plugin
        self.record = CallRecord()
        self._now = now
        self._time_limit = time_limit
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_CALLS)

    @property
    def health(self) -> Health:
        record = self.record
        if record.open_until is not None and self._now() < record.open_until:
            return Health.QUARANTINED
        if record.failures_in_a_row:
            return Health.FAILING
        return Health.HEALTHY if record.calls else Health.READY

    async def call(
        self,
        work: Callable[[], Awaitable[Answer]],
        *,
        answers: type[Answer] | tuple[type, ...],
        doubt: type[PortError] = Unavailable,
        seconds: float | None = None,
    ) -> Answer:
        """Call the plugin; its answer must have one of the types ``answers``.

        ``seconds`` replaces the timeout.

        Raises:
            PortError: a `PortError` of the plugin itself; ``doubt`` after a timeout, another
                exception, or an answer of a wrong type; `Unavailable` while the circuit
                breaker is open or all slots are in use.
        """
        if self.health is Health.QUARANTINED or self._slots.locked():
            raise Unavailable
        async with self._slots:
            self.record.calls += 1
            try:
                async with asyncio.timeout(seconds or self._time_limit):
                    answer = _checked(await work(), answers)
            except (Rejected, BadSignature, NotReadyYet, FundsMissing):
                self._succeeded()
                raise
            except PortError as error:
                self._failed(error)
                raise
            except Exception as error:
                self._failed(error)
                raise doubt from error
        self._succeeded()
        return answer

    def ask(self, work: Callable[[], Answer], *, otherwise: Answer) -> Answer:
        """Call a synchronous method; return ``otherwise`` if it raises."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 -- the guard
            self._failed(error)
            return otherwise

    def _succeeded(self) -> None:
        self.record.failures_in_a_row = 0
        self.record.open_until = None

    def _failed(self, error: Exception) -> None:
        record = self.record
        record.failures += 1
        record.failures_in_a_row += 1
        record.last_error = type(error).__name__
        if record.failures_in_a_row >= FAILURES_TO_OPEN:
            record.open_until = self._now() + OPEN_FOR
        log.warning(
            "plugin failed",
            plugin=self.plugin,
            error=type(error).__name__,
            in_a_row=record.failures_in_a_row,
        )


def _checked(answer: Answer, answers: type[Answer] | tuple[type, ...]) -> Answer:
    if not isinstance(answer, answers):
        raise TypeError(f"answered with {type(answer).__name__}")
    return answer
