"""The contract of keyring locks, and a vault with a locked keyring."""

from pathlib import Path
from uuid import uuid4

import pytest

from adapters.database.engine import open_database
from adapters.database.keys.store import SqlKeyStore
from adapters.keys.keyring import KeyringFile, KeyringGiven, write_keyring
from adapters.keys.rotation import RotateKeys
from adapters.keys.vault import Vault
from entrepot.testing import KeyringLockSuite
from ports.keys import KeyringLock, KeyringMissing
from tests.lock import Drawer

pytestmark = pytest.mark.anyio

PLACE, ROW = "customers.name", uuid4()


class TestDrawer(KeyringLockSuite):
    @pytest.fixture
    def keyring_lock(self) -> KeyringLock:
        return Drawer()


async def test_a_locked_keyring_cannot_be_read_without_its_lock(tmp_path: Path) -> None:
    drawer, path = Drawer(), tmp_path / "keyring.json"
    database = open_database(f"sqlite:///{tmp_path / 'keys.db'}")
    vault = Vault(SqlKeyStore(database), KeyringFile(path, drawer))
    await vault.prepare()
    data_key_id = await vault.new_data_key()
    encrypted = (await vault.keys([data_key_id])).encrypt(data_key_id, PLACE, ROW, "李梅")
    assert '"locked_by": "drawer"' in path.read_text(encoding="utf-8")
    assert "signing" not in path.read_text(encoding="utf-8")
    with pytest.raises(KeyringMissing, match="which no plugin brings"):
        KeyringFile(path).read()
    with pytest.raises(KeyringMissing, match="does not unlock the keyring: rejected"):
        KeyringFile(path, Drawer()).read()
    drawer.answers = False
    with pytest.raises(KeyringMissing, match="does not unlock the keyring: unavailable"):
        KeyringFile(path, drawer).read()
    drawer.answers = True
    again = Vault(vault.store, KeyringFile(path, drawer))
    assert (await again.keys([data_key_id])).decrypt(PLACE, ROW, encrypted) == "李梅"
    await again.close()


async def test_key_rotation_locks_an_unlocked_keyring(tmp_path: Path) -> None:
    path, drawer = tmp_path / "keyring.json", Drawer()
    database = open_database(f"sqlite:///{tmp_path / 'keys.db'}")
    unlocked = Vault(SqlKeyStore(database), KeyringFile(path))
    await unlocked.prepare()
    data_key_id = await unlocked.new_data_key()
    encrypted = (await unlocked.keys([data_key_id])).encrypt(data_key_id, PLACE, ROW, "李梅")
    assert "locked_by" not in path.read_text(encoding="utf-8")
    locked = Vault(unlocked.store, KeyringFile(path, drawer))
    await RotateKeys(locked)(lambda _more: None)
    assert "locked_by" in path.read_text(encoding="utf-8")
    assert (await locked.keys([data_key_id])).decrypt(PLACE, ROW, encrypted) == "李梅"
    given = KeyringGiven(write_keyring(locked.keyring, drawer), drawer)
    assert given.read() == locked.keyring
    await locked.close()
