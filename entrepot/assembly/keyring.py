"""The source of the keyring, and the plugin that unlocks it."""

from adapters.keys.keyring_sources import KeyringFile, KeyringSetting, KeyringSource
from adapters.plugins.guards import PluginGuards
from adapters.plugins.keyring_lock import GuardedKeyringLock
from entrepot.plugin_contract import KEYRING_LOCKS
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings


def keyring_of(
    settings: Settings, plugins: PluginManager, plugin_guards: PluginGuards
) -> KeyringSource:
    lock = None
    if chosen := plugins.chosen(KEYRING_LOCKS):
        name, each, description = chosen
        lock = GuardedKeyringLock(each, plugin_guards.of(name), description.code)
    if settings.keyring is not None:
        return KeyringSetting(settings.keyring.get_secret_value(), lock)
    return KeyringFile(settings.data_dir / "keys" / "keyring.json", lock)
