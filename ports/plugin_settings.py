"""Settings of plugins that operators save, and what a plugin says about its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

NOT_VALID = "This value is not valid."
"""The error of a value that cannot be read at all."""


class SettingSource(StrEnum):
    """Where the value of a setting comes from. The first of them that has one counts.

    ``missing``: a required setting has no value, and the plugin is not loaded.
    """

    ENVIRONMENT = "environment"
    SAVED = "saved"
    DEFAULT = "default"
    MISSING = "missing"


class SettingKind(StrEnum):
    """How a value is written. ``json``: a list or an object, as in an environment variable."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSetting:
    """A setting of a plugin. All values are texts, as in an environment variable.

    ``value`` is the one that counts, and ``default`` the one without environment and saved
    value; both are empty for a secret. ``variable`` is the name of the environment variable.
    """

    name: str
    variable: str
    description: str
    kind: SettingKind
    choices: tuple[str, ...] = ()
    secret: bool = False
    required: bool = False
    source: SettingSource
    value: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSettings:
    """What is saved for a plugin. ``secrets`` are encrypted. Without a row, ``version`` is 0."""

    plugin: str
    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, bytes] = field(default_factory=dict)


class SavedPluginSettings(Protocol):
    async def find(self, plugin: str) -> SavedSettings:
        """What is saved for a plugin, if anything."""

    async def versions(self) -> Mapping[str, int]:
        """The version of each plugin with saved settings, in one statement."""

    async def save(self, saved: SavedSettings, at: datetime) -> None:
        """Replace the settings if they still have ``saved.version``, and increase it.

        Raises:
            StaleVersion: another person saved the settings of this plugin meanwhile.
        """


class SecretMissing(Exception):
    """A saved secret cannot be decrypted: the keyring is missing, or another one encrypted it."""


class SettingSecrets(Protocol):
    """Encrypts secret settings. A value that was moved to another setting cannot be decrypted."""

    def encrypt(self, plugin: str, name: str, secret: str) -> bytes: ...

    def decrypt(self, plugin: str, name: str, encrypted: bytes) -> str:
        """Raises `SecretMissing`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettingsState:
    """The state in this process. ``live``: the plugin gets new settings without a restart.

    ``version`` is that of the saved settings that the plugin uses; None if it is not loaded.
    ``problems`` say which saved values are not used.
    """

    live: bool
    version: int | None
    problems: tuple[str, ...]


class PluginSettingsClasses(Protocol):
    """The settings classes of the installed plugins, also of those that lack a setting."""

    def find(self, plugin: str) -> PluginSettingsState | None:
        """None if no plugin with settings has this name. The other methods need one."""

    async def describe(self, plugin: str, saved: Mapping[str, str]) -> tuple[PluginSetting, ...]:
        """The settings with the values that ``saved`` and the environment give them.

        Raises:
            Unavailable: the plugin fails.
        """

    async def check(self, plugin: str, saved: Mapping[str, str]) -> None:
        """Validate the settings as a whole. The message of an error has no secret.

        Raises:
            Unavailable: the plugin fails.
            Invalid, InvalidFields: names the settings that are wrong.
        """
