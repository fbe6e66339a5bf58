"""The server with its worker processes. A worker that ends is started again."""

import time
from typing import Any

import structlog
from granian import Granian

from ports.plugins import TakeWorkerRecord

SOON_SECONDS = 30.0
"""A worker that ends sooner is started again after a pause."""
MAX_PAUSE_SECONDS = 30.0

log = structlog.get_logger(__name__)


class Supervisor(Granian):  # type: ignore[misc,valid-type]
    """If no worker has ever started, the shop cannot start, and the server ends.

    Granian itself ends all workers if one of them ends twice in six seconds. A buyer's request
    could then stop the shop.
    """

    def __init__(self, *, take_record: TakeWorkerRecord, **options: Any) -> None:
        super().__init__("entrepot", **options)
        self.interrupt_children: list[int]
        self._take_record = take_record
        self._has_started = False
        self._pause_seconds = 0.0

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        while True:
            self.main_loop_interrupt.wait()
            self.main_loop_interrupt.clear()
            if self.interrupt_signal:
                return
            ended = sorted(set(self.interrupt_children))
            for index in ended:
                self._report(index)
            if ended and not self._has_started:
                return
            for index in ended:
                self.interrupt_children.remove(index)
            if ended and self._interrupted_within(self._next_pause(ended)):
                return
            self._respawn_workers(ended, spawn_target, target_loader)
            if self.reload_signal:
                self._reload(spawn_target, target_loader)

    def _report(self, index: int) -> None:
        process = self.wrks[index].inner
        record = self._take_record(process.pid)
        self._has_started = self._has_started or record.started
        log.error(
            "worker ended",
            worker=index + 1,
            exit_code=process.exitcode,
            running_plugins=record.running,
        )

    def _next_pause(self, ended: list[int]) -> float:
        """Seconds; doubled as long as workers end soon after their start."""
        now = time.monotonic()
        if all(now - self.wrks[each].birth > SOON_SECONDS for each in ended):
            self._pause_seconds = 0.0
        else:
            self._pause_seconds = min(max(0.5, self._pause_seconds * 2), MAX_PAUSE_SECONDS)
        return self._pause_seconds

    def _interrupted_within(self, seconds: float) -> bool:
        """Wait, and return early at a signal. Another worker that ends is handled afterwards."""
        self.main_loop_interrupt.wait(seconds)
        return bool(self.interrupt_signal)
