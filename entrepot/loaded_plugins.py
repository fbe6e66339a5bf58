"""The loaded plugins, and the objects that they registered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from entrepot.hookspecs import Capability, Manifest
from entrepot.plugin_contract import CONTRACT, ONE_PLUGIN_EACH
from entrepot.saved_settings import CurrentSettings


class RequiredPluginMissing(Exception):
    """A plugin is required by the settings and not loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """``descriptions`` has what each registered object said about itself, in the same order."""

    manifest: Manifest
    registered: dict[str, tuple[Any, ...]]
    descriptions: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    settings: CurrentSettings = field(default_factory=lambda: CurrentSettings(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    name: str
    reason: str


@dataclass(slots=True, kw_only=True)
class LoadedPlugins:
    """``choices`` names the plugin for a capability that only one plugin can have.

    ``notes`` say, by plugin, which of its objects the shop does not use.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    loaded: dict[str, LoadedPlugin] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def require(self, names: Iterable[str]) -> None:
        """Raises `RequiredPluginMissing` if one of them is not loaded."""
        reasons = {refusal.name: refusal.reason for refusal in self.refused}
        for name in names:
            if name not in self.loaded:
                reason = reasons.get(name, "not installed")
                raise RequiredPluginMissing(f"The required plugin “{name}” is missing: {reason}")

    def registered(self, hook: str) -> Iterator[tuple[str, Any]]:
        """Yields ``(name of the plugin, object)`` for each object of the hook."""
        for name, plugin in self.loaded.items():
            for each in plugin.registered.get(hook, ()):
                yield name, each

    def described(self, hook: str) -> Iterator[tuple[str, Any, Any]]:
        """Yields ``(name of the plugin, object, its description)`` for each object of the hook."""
        for name, plugin in self.loaded.items():
            objects = plugin.registered.get(hook, ())
            for each, description in zip(objects, plugin.descriptions.get(hook, ()), strict=True):
                yield name, each, description

    def withdraw(self, name: str, hook: str, description: Any, reason: str) -> None:
        """Do without the object of a hook that has this description."""
        plugin = self.loaded[name]
        pairs = zip(plugin.registered[hook], plugin.descriptions[hook], strict=True)
        kept = [pair for pair in pairs if pair[1] is not description]
        plugin.registered[hook] = tuple(each for each, _ in kept)
        plugin.descriptions[hook] = tuple(each for _, each in kept)
        self.notes.setdefault(name, []).append(reason)

    def chosen(self, hook: str) -> tuple[str, Any, Any] | None:
        """The one object of a hook that the shop uses: see ``ENTREPOT_PLUGINS_CHOSEN``.

        Returns ``(name of the plugin, object, its description)``; the description is None if the
        objects of the hook have none. Returns None if no plugin offers an object, or if the
        chosen plugin is not loaded.
        """
        wanted = self.choices.get(CONTRACT[hook].capability)
        for name, plugin in self.loaded.items():
            objects = plugin.registered.get(hook)
            if objects and wanted in {None, name}:
                descriptions = plugin.descriptions.get(hook)
                return name, objects[0], descriptions[0] if descriptions else None
        return None

    def unused(self, name: str) -> tuple[Capability, ...]:
        """The capabilities for which the shop uses another plugin."""
        registered = self.loaded[name].registered
        offered = [hook for hook in ONE_PLUGIN_EACH if registered.get(hook)]
        chosen = {hook: self.chosen(hook) for hook in offered}
        return tuple(
            CONTRACT[hook].capability
            for hook, each in chosen.items()
            if each is None or each[0] != name
        )
