"""The saved settings of the plugins at the start of a process, and while they run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.application.plugin_settings import decrypted
from ports.keys import KeyringMissing
from ports.plugin_settings import SavedSettings, SettingSecrets


@dataclass(slots=True)
class CurrentSettings:
    """The settings that a plugin uses. `PluginContext.current_settings` returns ``value``.

    ``version`` is that of the saved settings. ``problems`` say which saved values are not used.
    """

    value: Any
    version: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainAtStart:
    """The decrypted settings of a plugin. ``unreadable`` are secrets that stay encrypted."""

    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


def no_secrets() -> SettingSecrets:
    raise KeyringMissing("There is no keyring.")


@dataclass(frozen=True, slots=True)
class SavedAtStart:
    """What was saved when the process started. ``secrets`` opens the keyring.

    The keyring can be locked by a plugin, which must be loaded first: until then its secrets
    are unreadable.
    """

    rows: Mapping[str, SavedSettings] = field(default_factory=dict)
    secrets: Callable[[], SettingSecrets] = no_secrets

    def of(self, plugin: str) -> PlainAtStart:
        saved = self.rows.get(plugin)
        if saved is None:
            return PlainAtStart()
        if not saved.secrets:
            return PlainAtStart(saved.version, saved.values)
        try:
            values, unreadable = decrypted(saved, self.secrets())
        except (KeyringMissing, ValueError):
            values, unreadable = dict(saved.values), tuple(saved.secrets)
        return PlainAtStart(saved.version, values, unreadable)
