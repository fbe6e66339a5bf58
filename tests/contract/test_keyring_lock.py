"""The kit of whoever keeps the keyring locked, and a shop whose keyring is."""

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
from tests.lock import Drawer

pytestmark = pytest.mark.anyio

PLACE, ROW = "customers.name", uuid4()


class TestDrawer(KeyringLockSuite):
    @pytest.fixture
    def keyring_lock(self) -> KeyringLock:
        return Drawer()


async def test_the_keyring_is_of_no_use_without_the_service(tmp_path: Path) -> None:
    drawer, path = Drawer(), tmp_path / "keyring.json"
    database = open_database(f"sqlite:///{tmp_path / 'keys.db'}")
    vault = Vault(SqlKeyStore(database), KeyringFile(path, drawer))
    await vault.prepare()
    person = await vault.new_data_key()
    encrypted = (await vault.keys([person])).encrypt(person, PLACE, ROW, "李梅")
    assert '"locked_by": "drawer"' in path.read_text(encoding="utf-8")
    assert "signing" not in path.read_text(encoding="utf-8")
    with pytest.raises(KeyringMissing, match="but no plugin has this code"):
        KeyringFile(path).read()
    with pytest.raises(KeyringMissing, match="cannot unlock the keyring: rejected"):
        KeyringFile(path, Drawer()).read()
    drawer.answers = False
    with pytest.raises(KeyringMissing, match="cannot unlock the keyring: unavailable"):
        KeyringFile(path, drawer).read()
    drawer.answers = True
    again = Vault(vault.store, KeyringFile(path, drawer))
    assert (await again.keys([person])).decrypt(PLACE, ROW, encrypted) == "李梅"
    await again.close()


async def test_rotating_locks_a_keyring_that_was_open(tmp_path: Path) -> None:
    path, drawer = tmp_path / "keyring.json", Drawer()
    database = open_database(f"sqlite:///{tmp_path / 'keys.db'}")
    open_one = Vault(SqlKeyStore(database), KeyringFile(path))
    await open_one.prepare()
    person = await open_one.new_data_key()
    encrypted = (await open_one.keys([person])).encrypt(person, PLACE, ROW, "李梅")
    assert "locked_by" not in path.read_text(encoding="utf-8")
    locked = Vault(open_one.store, KeyringFile(path, drawer))
    await RotateKeys(locked)(lambda _more: None)
    assert "locked_by" in path.read_text(encoding="utf-8")
    assert (await locked.keys([person])).decrypt(PLACE, ROW, encrypted) == "李梅"
    given = KeyringSetting(write_keyring(locked.keyring, drawer), drawer)
    assert given.read() == locked.keyring
    await locked.close()
