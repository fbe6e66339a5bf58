"""Units of work, and the data keys that encrypt personal data."""

from adapters.database.engine import open_database
from adapters.database.idempotency.repository import SqlIdempotencyKeys
from adapters.database.keys.store import SqlKeyStore
from adapters.database.readiness import SqlReadiness
from adapters.database.schema import SqlSchema
from adapters.database.unit_of_work import SqlUnitsOfWork
from adapters.keys.keyring_sources import KeyringSource
from adapters.keys.vault import Vault
from entrepot.assembly.keyring import keyring_of
from entrepot.assembly.plugins import PluginParts
from entrepot.assembly.wiring import bound, wired
from entrepot.settings import Settings
from ports.accounts import AccountUnitsOfWork
from ports.encryption import Encryption
from ports.idempotency import IdempotencyKeys
from ports.keys import Destructions, KeyStore, PrepareKeys
from ports.privacy.requests import PrivacyUnitsOfWork
from ports.schema import Readiness, Schema
from ports.unit_of_work import RepeatableUnits, UnitsOfWork


def key_store_of(settings: Settings) -> KeyStore:
    folder = settings.data_dir / "keys"
    if not settings.keys_url:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqlKeyStore(open_database(settings.keys_url or f"sqlite:///{folder / 'keys.db'}"))


def destructions_of(store: KeyStore) -> Destructions:
    return store


def encryption_of(vault: Vault) -> Encryption:
    return vault


def prepare_keys_of(vault: Vault) -> PrepareKeys:
    return vault.prepare


@wired
class StorageParts(PluginParts):
    keyring = bound(KeyringSource, keyring_of)
    key_store = bound(KeyStore, key_store_of)
    destructions = bound(Destructions, destructions_of)
    vault = bound(Vault, Vault)
    encryption = bound(Encryption, encryption_of)
    prepare_keys = bound(PrepareKeys, prepare_keys_of)
    schema = bound(Schema, SqlSchema)
    readiness = bound(Readiness, SqlReadiness)
    units = bound(UnitsOfWork, SqlUnitsOfWork, wake=PluginParts.wakeup)
    repeatable_units = bound(RepeatableUnits, SqlUnitsOfWork, wake=PluginParts.wakeup, keyed=False)
    privacy_units = bound(PrivacyUnitsOfWork, SqlUnitsOfWork, wake=PluginParts.wakeup)
    account_units = bound(AccountUnitsOfWork, SqlUnitsOfWork, wake=PluginParts.wakeup, keyed=False)
    idempotency_keys = bound(IdempotencyKeys, SqlIdempotencyKeys)
