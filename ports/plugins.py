"""The health of plugins, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginActivity:
    """Calls of a plugin for one purpose, such as ``notifications``, since the process started.

    ``blocked`` counts the threads that the plugin blocked, so that another one replaced it.
    """

    purpose: str
    state: str
    calls: int
    failures: int
    blocked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginHealth:
    """``reason`` says why a plugin was refused, or what failed last.

    ``policy`` is what its pages and slots add to the Content-Security-Policy.
    """

    name: str
    version: str
    state: str
    reason: str
    activity: tuple[PluginActivity, ...] = ()
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """What a server process left behind. ``running`` has the calls of plugins at its end."""

    started: bool
    running: tuple[str, ...]


class TakeWorkerRecord(Protocol):
    def __call__(self, pid: int, /) -> WorkerRecord:
        """Read and delete the record of a server process that ended."""


class PluginReport(Protocol):
    def __call__(self) -> Sequence[PluginHealth]:
        """Every plugin, loaded or refused, with its health in this process."""
