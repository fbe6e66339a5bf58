"""Units of work, and the keys that they seal personal data with."""

from adapters.database.engine import open_database
from adapters.database.idempotency import SqlIdempotencyKeys
from adapters.database.schema import SqlSchema
from adapters.database.units import SqlUnitsOfWork
from adapters.keys.keyring import KeyringFile, KeyringGiven, KeyringSource
from adapters.keys.store import SqlKeyStore
from adapters.keys.vault import Vault
from entrepot.assembly.plugins import PluginParts
from entrepot.assembly.wiring import bound, wired
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.storage.idempotency import IdempotencyKeys
from ports.storage.privacy import PrivacyUnits
from ports.storage.schema import Schema
from ports.storage.units import UnitsOfWork


def vault_of(settings: Settings, plugins: PluginManager) -> Vault:
    folder = settings.data_dir / "keys"
    lock = next((each for _, each in plugins.brought("entrepot_keyring_locks")), None)
    if settings.keyring is not None:
        source: KeyringSource = KeyringGiven(settings.keyring.get_secret_value(), lock)
    else:
        source = KeyringFile(folder / "keyring.json", lock)
    if not settings.keys_url:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = open_database(settings.keys_url or f"sqlite:///{folder / 'keys.db'}")
    return Vault(SqlKeyStore(database), source)


@wired
class StorageParts(PluginParts):
    vault = bound(Vault, vault_of)
    schema = bound(Schema, SqlSchema)
    units = bound(UnitsOfWork, SqlUnitsOfWork, wake=PluginParts.wakeup)
    privacy_units = bound(PrivacyUnits, SqlUnitsOfWork, wake=PluginParts.wakeup)
    idempotency_keys = bound(IdempotencyKeys, SqlIdempotencyKeys)
