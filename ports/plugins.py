"""The health of plugins, for operators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    With ``has_settings``, operators can change settings of the plugin.
    """

    name: str
    version: str
    state: str
    reason: str
    activity: tuple[PluginActivity, ...] = ()
    policy: str = ""
    has_settings: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """A table of a plugin, with the number of its rows."""

    table: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSchema:
    """The migration line of a plugin: its revision in the database, and the newest one.

    ``problem`` says in one line what is wrong; empty if nothing is. ``changed`` is true after an
    upgrade that ran a revision.
    """

    plugin: str
    revision: str
    newest: str
    problem: str = ""
    changed: bool = False


class PluginSchemas(Protocol):
    """The tables of plugins. Each plugin has a migration line of its own."""

    async def upgrade(self) -> Sequence[PluginSchema]:
        """Run the missing migrations of each plugin. One that fails does not affect the others."""

    async def check(self) -> Sequence[PluginSchema]:
        """Compare the database with what each plugin declares. Changes nothing."""


class PluginRemoval(Protocol):
    """Uninstalls the tables of a plugin, and switches plugins on and off."""

    async def tables(self, plugin: str) -> Sequence[TableRows]:
        """Its tables with their rows, in the order of removal; also of a removed package."""

    async def drop(self, plugin: str) -> None:
        """Drop all its tables. All of them or none."""

    async def disable(self, plugin: str, now: datetime) -> None:
        """Do not load the plugin at the next start. Idempotent."""

    async def enable(self, plugin: str) -> bool:
        """Load it again at the next start. Returns false if it was not switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPlugin:
    """What a plugin declares. ``required``: the settings require it.

    ``requires`` has the plugins that it needs, by name, with a range of versions. ``uninstall``
    says what stays and what goes beside its tables.
    """

    name: str
    version: str
    api: str
    requires: Mapping[str, str]
    uninstall: str
    required: bool


class InstalledPlugins(Protocol):
    def list(self) -> Sequence[InstalledPlugin]:
        """The plugins that could be imported."""

    @property
    def decided_by_settings(self) -> bool:
        """True if the settings say which plugins are disabled, so that commands have no effect."""

    def refused_by(self, api: str) -> Mapping[str, str]:
        """The plugins that a shop with this version of the plugin API refuses, each with a reason.

        Plugins that are refused already have the reason of now. Raises `ValueError` if ``api`` is
        no version.
        """
