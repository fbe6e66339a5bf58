"""Shows and changes the saved settings of plugins."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.application.audit.staff_actions import RecordStaffAction, code_reference
from core.domain.errors import Invalid, NotFound, StaleVersion, raise_if_invalid
from ports.clock import Clock
from ports.plugin_settings import (
    PluginSetting,
    PluginSettingsClasses,
    PluginSettingsState,
    SavedPluginSettings,
    SavedSettings,
    SecretMissing,
    SettingSecrets,
    SettingSource,
)

ACTION = "change plugin settings"
LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettingsView:
    """``version`` is for `ChangePluginSettings`. ``unreadable`` are secrets of another keyring."""

    plugin: str
    version: int
    settings: tuple[PluginSetting, ...]
    state: PluginSettingsState
    unreadable: tuple[str, ...]

    @property
    def waits_for_start(self) -> bool:
        """Whether this process uses older settings until its next start."""
        return not self.state.live and self.state.version != self.version


@dataclass(frozen=True, slots=True)
class PlainSettings:
    """What is saved for a plugin, decrypted. Secrets that cannot be decrypted are left out."""

    saved: SavedPluginSettings
    secrets: SettingSecrets

    async def __call__(self, plugin: str) -> tuple[SavedSettings, dict[str, str], tuple[str, ...]]:
        """Returns the encrypted settings, the values, and the names of the unreadable secrets."""
        saved = await self.saved.find(plugin)
        values, unreadable = decrypted(saved, self.secrets)
        return saved, values, unreadable


def decrypted(
    saved: SavedSettings, secrets: SettingSecrets
) -> tuple[dict[str, str], tuple[str, ...]]:
    """All values, and the names of the secrets that cannot be decrypted."""
    values, unreadable = dict(saved.values), []
    for name, encrypted in saved.secrets.items():
        try:
            values[name] = secrets.decrypt(saved.plugin, name, encrypted)
        except SecretMissing:
            unreadable.append(name)
    return values, tuple(unreadable)


def state_of(classes: PluginSettingsClasses, plugin: str) -> PluginSettingsState:
    """Raises `NotFound` if no plugin with settings has this name."""
    state = classes.find(plugin)
    if state is None:
        raise NotFound("plugin", plugin)
    return state


@dataclass(frozen=True, slots=True)
class ShowPluginSettings:
    """The settings of a plugin, and where each value comes from. Secrets are not shown.

    Raises `NotFound` if no plugin with settings has this name.
    """

    classes: PluginSettingsClasses
    plain: PlainSettings

    async def __call__(self, plugin: str) -> PluginSettingsView:
        state = state_of(self.classes, plugin)
        saved, values, unreadable = await self.plain(plugin)
        return PluginSettingsView(
            plugin=plugin,
            version=saved.version,
            settings=await self.classes.describe(plugin, values),
            state=state,
            unreadable=unreadable,
        )


@dataclass(frozen=True, slots=True)
class ChangePluginSettings:
    """Save values of settings, after the plugin's class has validated all of them together.

    The audit log has the names of the settings, and no values.
    """

    classes: PluginSettingsClasses
    plain: PlainSettings
    secrets: SettingSecrets
    saved: SavedPluginSettings
    record_staff_action: RecordStaffAction
    now: Clock

    async def __call__(
        self, plugin: str, changes: Mapping[str, str | None], *, version: int, actor: str
    ) -> None:
        """``changes`` has new values by name; None removes the saved value.

        Raises:
            NotFound: no plugin with settings, or no setting of it, has this name.
            Invalid, InvalidFields: a value is wrong, or the environment has the setting.
            StaleVersion: another person saved the settings meanwhile.
        """
        state_of(self.classes, plugin)
        saved, values, _ = await self.plain(plugin)
        if saved.version != version:
            raise StaleVersion("page", plugin)
        settings = {each.name: each for each in await self.classes.describe(plugin, values)}
        _check_names(settings, changes)
        for name, text in changes.items():
            values.pop(name, None)
            if text is not None:
                values[name] = text
        await self.classes.check(plugin, values)
        names = " ".join(map(code_reference, (plugin, *sorted(changes))))
        await self.record_staff_action(actor, ACTION, names)
        await self.saved.save(self._encrypted(saved, settings, changes), self.now())

    def _encrypted(
        self,
        saved: SavedSettings,
        settings: Mapping[str, PluginSetting],
        changes: Mapping[str, str | None],
    ) -> SavedSettings:
        values, secrets = dict(saved.values), dict(saved.secrets)
        for name, text in changes.items():
            values.pop(name, None)
            secrets.pop(name, None)
            if text is not None and settings[name].secret:
                secrets[name] = self.secrets.encrypt(saved.plugin, name, text)
            elif text is not None:
                values[name] = text
        return SavedSettings(
            plugin=saved.plugin, version=saved.version, values=values, secrets=secrets
        )


def _check_names(settings: Mapping[str, PluginSetting], changes: Mapping[str, str | None]) -> None:
    errors = []
    for name, text in changes.items():
        if name not in settings:
            raise NotFound("setting", name)
        if settings[name].source is SettingSource.ENVIRONMENT:
            errors.append(
                Invalid(
                    name,
                    "The environment variable {variable} has this setting. Change it there.",
                    variable=settings[name].variable,
                )
            )
        elif text is not None and len(text) > LONGEST:
            errors.append(Invalid(name, "Use at most {most} characters.", most=LONGEST))
    raise_if_invalid(errors)
