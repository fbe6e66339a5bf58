"""The guards of all plugins of a process."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

from adapters.plugins.guard import PluginGuard
from adapters.plugins.limits import PluginLimits, Purpose
from adapters.plugins.process_record import ProcessRecord
from ports.clock import Clock
from ports.plugins import PluginHealth


class PluginGuards:
    """One guard per plugin and purpose, for all objects of the plugin."""

    def __init__(self, now: Clock, limits: PluginLimits, record: ProcessRecord) -> None:
        self.limits = limits
        self.record = record
        self._now = now
        self._report: Callable[[], Sequence[PluginHealth]] | None = None
        self._guards: dict[tuple[str, Purpose], PluginGuard] = {}

    def of(self, plugin: str, purpose: Purpose = Purpose.CALLS) -> PluginGuard:
        guard = self._guards.get((plugin, purpose))
        if guard is None:
            guard = PluginGuard(
                plugin,
                self._now,
                self.limits,
                purpose=purpose,
                record=self.record,
                changed=self._write_report,
            )
            self._guards[plugin, purpose] = guard
        return guard

    def guards_of(self, plugin: str) -> Iterator[PluginGuard]:
        """Those that are in use."""
        return (each for (name, _), each in self._guards.items() if name == plugin)

    def discard(self, plugin: str) -> None:
        """End the threads of a plugin that is refused."""
        for purpose in Purpose:
            guard = self._guards.pop((plugin, purpose), None)
            if guard is not None:
                guard.close()

    def report_with(self, report: Callable[[], Sequence[PluginHealth]]) -> None:
        """Write the health of the plugins for other processes, now and after each change."""
        self._report = report
        self._write_report()

    def _write_report(self) -> None:
        if self._report is not None:
            self.record.report(self._report())

    async def aclose(self) -> None:
        """End the threads of all plugins. One that blocks does not block the caller."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        for guard in self._guards.values():
            guard.close()
        self.record.close()
