"""The contract of keyring locks, and a vault with a locked keyring."""

from pathlib import Path
from uuid import uuid4

import pytest

from adapters.database.engine import open_database
from adapters.database.keys.store import SqlKeyStore
from adapters.keys.keyring import write_keyring
from adapters.keys.keyring_sources import KeyringFile, KeyringSetting
from adapters.keys.rotation import RotateKeys
from adapters.keys.vault import Vault
from entrepot.testing import KeyringLockSuite
from ports.keys import KeyringLock, KeyringMissing
from tests.lock import KeyService

pytestmark = pytest.mark.anyio

PLACE, ROW = "customers.name", uuid4()


class TestKeyService(KeyringLockSuite):
    @pytest.fixture
    def keyring_lock(self) -> KeyringLock:
        return KeyService()


async def test_the_keyring_is_of_no_use_without_the_service(tmp_path: Path) -> None:
    key_service, path = KeyService(), tmp_path / "keyring.json"
    database = open_database(f"sqlite:///{tmp_path / 'keys.db'}")
    vault = Vault(SqlKeyStore(database), KeyringFile(path, key_service))
    await vault.prepare()
    person = await vault.new_data_key()
    encrypted = (await vault.keys([person])).encrypt(person, PLACE, ROW, "李梅")
    assert '"locked_by": "key-service"' in path.read_text(encoding="utf-8")
    assert "signing" not in path.read_text(encoding="utf-8")
    with pytest.raises(KeyringMissing, match="but no plugin has this code"):
        KeyringFile(path).read()
    with pytest.raises(KeyringMissing, match="cannot unlock the keyring: rejected"):
        KeyringFile(path, KeyService()).read()
    key_service.available = False
    with pytest.raises(KeyringMissing, match="cannot unlock the keyring: unavailable"):
        KeyringFile(path, key_service).read()
    key_service.available = True
    again = Vault(vault.store, KeyringFile(path, key_service))
    assert (await again.keys([person])).decrypt(PLACE, ROW, encrypted) == "李梅"
    await again.close()


async def test_rotating_locks_a_keyring_that_was_open(tmp_path: Path) -> None:
    path, key_service = tmp_path / "keyring.json", KeyService()
    database = open_database(f"sqlite:///{tmp_path / 'keys.db'}")
    unlocked = Vault(SqlKeyStore(database), KeyringFile(path))
    await unlocked.prepare()
    data_key_id = await unlocked.new_data_key()
    encrypted = (await unlocked.keys([data_key_id])).encrypt(data_key_id, PLACE, ROW, "李梅")
    assert "locked_by" not in path.read_text(encoding="utf-8")
    locked = Vault(unlocked.store, KeyringFile(path, key_service))
    await RotateKeys(locked)(lambda _more: None)
    assert "locked_by" in path.read_text(encoding="utf-8")
    assert (await locked.keys([data_key_id])).decrypt(PLACE, ROW, encrypted) == "李梅"
    given = KeyringSetting(write_keyring(locked.keyring, key_service), key_service)
    assert given.read() == locked.keyring
    await locked.close()
