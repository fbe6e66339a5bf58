"""The settings of plugins: their classes, what is saved, and new settings for running plugins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from pydantic_settings import BaseSettings

from adapters.database.plugin_settings.store import SqlPluginSettings
from adapters.keys.setting_secrets import KeyringSecrets
from adapters.plugins.guards import PluginGuards
from core.application.plugin_settings import (
    ChangePluginSettings,
    PlainSettings,
    ShowPluginSettings,
)
from core.domain.errors import DomainError
from entrepot.assembly.audit import AuditParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.described_settings import described, secrets_of
from entrepot.plugin_manager import PluginManager
from entrepot.plugin_settings import (
    CreatedSettings,
    check,
    has_fields,
    settings_of,
    unreadable_secret,
)
from entrepot.saved_settings import CurrentSettings
from ports.errors import PortError
from ports.plugin_settings import (
    PluginSetting,
    PluginSettingsClasses,
    PluginSettingsState,
    SavedPluginSettings,
    SettingSecrets,
)

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ManifestSettings:
    """Implements `ports.plugin_settings.PluginSettingsClasses`, each call through the guard."""

    plugins: PluginManager
    plugin_guards: PluginGuards

    def find(self, plugin: str) -> PluginSettingsState | None:
        manifest = self.plugins.manifests.get(plugin)
        if manifest is None or not has_fields(manifest.settings):
            return None
        current = self._current(plugin)
        return PluginSettingsState(
            live=manifest.live_settings,
            version=None if current is None else current.version,
            problems=() if current is None else current.problems,
        )

    async def describe(self, plugin: str, saved: Mapping[str, str]) -> tuple[PluginSetting, ...]:
        kind, current = self._kind(plugin), self._current(plugin)
        value = None if current is None else current.value
        return await self._call(plugin, lambda: described(kind, saved, value))

    async def check(self, plugin: str, saved: Mapping[str, str]) -> None:
        kind = self._kind(plugin)

        def problem() -> DomainError | None:
            try:
                check(kind, saved, secrets_of(kind, saved))
            except DomainError as error:
                return error
            return None

        if error := await self._call(plugin, problem):
            raise error

    async def created(self, plugin: str, saved: Mapping[str, str]) -> CreatedSettings:
        """Raises `PortError` if the settings are not valid at all."""
        kind = self._kind(plugin)
        return await self._call(plugin, lambda: settings_of(kind, saved))

    async def _call(self, plugin: str, work: Callable[[], Answer]) -> Answer:
        async def call() -> Answer:
            return work()

        return await self.plugin_guards.of(plugin).call(call, lambda answer: answer)

    def _kind(self, plugin: str) -> type[BaseSettings]:
        kind: Any = self.plugins.manifests[plugin].settings
        assert has_fields(kind)
        return kind

    def _current(self, plugin: str) -> CurrentSettings | None:
        loaded = self.plugins.loaded.get(plugin)
        return None if loaded is None else loaded.settings


@dataclass(frozen=True, slots=True)
class RenewSettings:
    """Give new saved settings to the running plugins that read them in each call.

    One statement finds what is new; none without such plugins. Settings that are not valid in
    this process are not used: the plugin keeps those that it has.
    """

    plugins: PluginManager
    classes: ManifestSettings
    saved: SavedPluginSettings
    plain: PlainSettings

    async def __call__(self) -> None:
        live = {
            name: plugin.settings
            for name, plugin in self.plugins.loaded.items()
            if plugin.manifest.live_settings and plugin.manifest.settings is not None
        }
        if not live:
            return
        versions = await self.saved.versions()
        for name, current in live.items():
            if versions.get(name, 0) != current.version:
                await self._renew(name, current)

    async def _renew(self, name: str, current: CurrentSettings) -> None:
        saved, values, unreadable = await self.plain(name)
        try:
            created = await self.classes.created(name, values)
        except PortError:
            problems: tuple[str, ...] = ("the saved settings are not valid",)
        else:
            problems = (*created.problems, *map(unreadable_secret, unreadable))
            if not problems:
                current.value = created.value
        current.version, current.problems = saved.version, problems
        log.info("settings of a plugin were saved", plugin=name, used=not problems)


@wired
class PluginSettingsParts(AuditParts):
    setting_secrets = bound(SettingSecrets, KeyringSecrets)
    saved_plugin_settings = bound(SavedPluginSettings, SqlPluginSettings)
    plain_plugin_settings = made(PlainSettings)
    manifest_settings = made(ManifestSettings)
    plugin_settings_classes = bound(PluginSettingsClasses, ManifestSettings)
    show_plugin_settings = made(ShowPluginSettings)
    change_plugin_settings = made(ChangePluginSettings)
    renew_settings = made(RenewSettings)
