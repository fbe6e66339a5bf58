"""The health of the plugins in this process, and in the running servers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.plugins.breaker import Health
from adapters.plugins.guards import PluginGuards
from adapters.plugins.process_record import servers_health
from entrepot.hookspecs import Capability
from entrepot.plugin_manager import PluginManager
from ports.plugins import PluginActivity, PluginHealth

WORST_FIRST = (Health.QUARANTINED, Health.FAILING, Health.HEALTHY, Health.READY)


@dataclass(frozen=True, slots=True)
class ReportPlugins:
    plugins: PluginManager
    plugin_guards: PluginGuards

    def __call__(self) -> tuple[PluginHealth, ...]:
        loaded = (self._health(name) for name in self.plugins.loaded)
        refused = (
            PluginHealth(
                name=each.name,
                version="",
                state="refused",
                reason=each.reason,
                has_settings=self._has_settings(each.name),
            )
            for each in self.plugins.refused
        )
        return (*loaded, *refused)

    def _health(self, name: str) -> PluginHealth:
        """The state is the worst of all purposes."""
        guards = sorted(
            self.plugin_guards.guards_of(name), key=lambda each: WORST_FIRST.index(each.health)
        )
        return PluginHealth(
            name=name,
            version=self.plugins.loaded[name].manifest.version,
            state=str(guards[0].health if guards else Health.READY),
            reason=next((each.breaker.record.last_error for each in guards), "")
            or "; ".join(self._remarks(name)),
            has_settings=self._has_settings(name),
            activity=tuple(
                PluginActivity(
                    purpose=str(each.purpose),
                    state=str(each.health),
                    calls=each.breaker.record.calls,
                    failures=each.breaker.record.failures,
                    blocked=each.breaker.record.abandoned,
                )
                for each in guards
            ),
            policy="; ".join(
                " ".join((directive, *sources))
                for directive, sources in self.plugins.loaded[name].manifest.csp.items()
            ),
        )

    def _remarks(self, name: str) -> list[str]:
        """What of the plugin the shop does not use."""
        return [
            *self.plugins.loaded[name].settings.problems,
            *self.plugins.notes.get(name, ()),
            *(
                f"not used for {each}: see {_setting_of(each)}"
                for each in self.plugins.unused(name)
            ),
        ]

    def _has_settings(self, name: str) -> bool:
        manifest = self.plugins.manifests.get(name)
        return manifest is not None and manifest.settings is not None


def _setting_of(capability: Capability) -> str:
    is_taxes = capability is Capability.TAXES
    return "ENTREPOT_TAX_ENGINE" if is_taxes else "ENTREPOT_PLUGINS_CHOSEN"


@dataclass(frozen=True, slots=True)
class ReportServers:
    """``folder`` has the records of the server processes of this machine."""

    folder: Path

    def __call__(self, plugins: Sequence[PluginHealth]) -> tuple[PluginHealth, ...]:
        servers = tuple(servers_health(self.folder))
        return tuple(
            _worst(plugin, [each[plugin.name] for each in servers if plugin.name in each])
            for plugin in plugins
        )


def _worst(plugin: PluginHealth, in_servers: Sequence[PluginHealth]) -> PluginHealth:
    """A plugin that a server refused is refused, although this process could load it."""
    order = ["refused", *map(str, WORST_FIRST)]
    for each in sorted(in_servers, key=lambda each: order.index(each.state)):
        return replace(plugin, state=each.state, reason=each.reason, activity=each.activity)
    return plugin
