"""Loads the plugins, and reports the health of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.plugins.guard import PluginGuard
from core.domain.privacy.policy import Policy
from core.domain.privacy.recipient import Transfers
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.clock import Clock
from ports.plugins import PluginHealth


class PluginGuards:
    """One guard per plugin, for all its objects."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self.by_plugin: dict[str, PluginGuard] = {}

    def of(self, plugin: str) -> PluginGuard:
        return self.by_plugin.setdefault(plugin, PluginGuard(plugin, self._now))


def check_routes(routes: Sequence[Any], others: Sequence[Any]) -> None:
    from adapters.web.plugin_routes import check_routes as check  # noqa: PLC0415 -- the whole web

    check(routes, others)


def load_plugins(settings: Settings, policy: Policy, now: Clock) -> PluginManager:
    manager = PluginManager(
        data=settings.data_dir / "plugins",
        base_url=settings.base_url,
        currency=settings.currency,
        now=now,
        check_routes=check_routes,
        disabled=settings.plugins_disabled,
        transfers=Transfers(home=policy.home, paths=settings.transfers),
    )
    manager.load()
    manager.require(sorted(settings.plugins_required))
    return manager


@dataclass(frozen=True, slots=True)
class ReportPlugins:
    plugins: PluginManager
    plugin_guards: PluginGuards

    def __call__(self) -> tuple[PluginHealth, ...]:
        loaded = [
            PluginHealth(
                name=name,
                version=plugin.manifest.version,
                state=str(self.plugin_guards.of(name).health),
                reason=self.plugin_guards.of(name).record.last_error,
            )
            for name, plugin in self.plugins.loaded.items()
        ]
        refused = [
            PluginHealth(name=each.name, version="", state="refused", reason=each.reason)
            for each in self.plugins.refused
        ]
        return (*loaded, *refused)
