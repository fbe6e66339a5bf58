"""The vault: encryption, destruction of data keys, rotation, and the keyring."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.database.engine import open_database
from adapters.database.keys.store import SqlKeyStore
from adapters.keys.data_keys import unwrap
from adapters.keys.keyring import write_keyring
from adapters.keys.keyring_sources import KeyringFile, KeyringSetting
from adapters.keys.rotation import RotateKeys
from adapters.keys.vault import Vault
from ports.encryption import LEASE_SECONDS, Tampered
from ports.keys import KeyRetired, KeyringMissing

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PLACE = "orders.address"
OPENED: list[Vault] = []


def another(
    vault: Vault,
    *,
    lease_seconds: float = LEASE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Vault:
    """Open the vault like another process; the fixture closes it after the test."""
    assert isinstance(vault.store, SqlKeyStore)
    database = open_database(f"sqlite:///{vault.store.database.url.database}")
    store = SqlKeyStore(database)
    OPENED.append(Vault(store, vault.source, lease_seconds=lease_seconds, clock=clock))
    return OPENED[-1]


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    yield
    while OPENED:
        await OPENED.pop().close()


async def test_a_value_is_decrypted_in_its_place(vault: Vault) -> None:
    person, row = await vault.new_data_key(), uuid4()
    keys = await vault.keys([person])
    encrypted = keys.encrypt(person, PLACE, row, {"name": "李梅"})
    assert keys.decrypt(PLACE, row, encrypted) == {"name": "李梅"}
    assert "李梅".encode() not in encrypted
    assert keys.encrypt(person, PLACE, row, {"name": "李梅"}) != encrypted
    assert keys.decrypt(PLACE, row, None) is None


async def test_a_moved_or_changed_value_is_not_decrypted(vault: Vault) -> None:
    person, other, row = await vault.new_data_key(), await vault.new_data_key(), uuid4()
    keys = await vault.keys([person, other])
    encrypted = keys.encrypt(person, PLACE, row, "x")
    for place, at in ((PLACE, uuid4()), ("orders.contact", row)):
        with pytest.raises(Tampered):
            keys.decrypt(place, at, encrypted)
    stolen = encrypted[:1] + other.bytes + encrypted[17:]
    flipped = (
        encrypted[:index] + bytes((encrypted[index] ^ 1,)) + encrypted[index + 1 :]
        for index in (20, 40, len(encrypted) - 1)
    )
    for wrong in (stolen, b"\x02" + encrypted[1:], *flipped):
        with pytest.raises(Tampered):
            keys.decrypt(PLACE, row, wrong)


async def test_other_workers_drop_a_destroyed_key_after_one_lease(vault: Vault) -> None:
    seconds = [0.0]
    person, row, other = (
        await vault.new_data_key(),
        uuid4(),
        another(vault, clock=lambda: seconds[0]),
    )
    encrypted = (await vault.keys([person])).encrypt(person, PLACE, row, "x")
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) == "x"
    assert await vault.destroy([person], NOW) == 1
    assert (await vault.keys([person])).decrypt(PLACE, row, encrypted) is None
    seconds[0] = LEASE_SECONDS * 0.99
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) == "x"
    seconds[0] = LEASE_SECONDS
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) is None
    assert await vault.store.destroyed(UUID(int=0), 9) == (person,)


async def test_without_the_epoch_a_worker_keeps_a_destroyed_key(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the test above: a worker that does not read the epoch."""
    seconds = [0.0]
    person, row, other = (
        await vault.new_data_key(),
        uuid4(),
        another(vault, clock=lambda: seconds[0]),
    )
    encrypted = (await vault.keys([person])).encrypt(person, PLACE, row, "x")
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) == "x"
    await vault.destroy([person], NOW)

    async def never() -> None:
        return None

    monkeypatch.setattr(other, "_check_epoch", never)
    seconds[0] = LEASE_SECONDS
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) == "x"


async def test_after_the_leases_no_worker_has_a_destroyed_key(vault: Vault) -> None:
    person, row = await vault.new_data_key(), uuid4()
    vault.lease_seconds = 0.05
    other, slow = another(vault, lease_seconds=0.05), another(vault, lease_seconds=3600)
    encrypted = (await vault.keys([person])).encrypt(person, PLACE, row, "x")
    for each in (other, slow):
        assert (await each.keys([person])).decrypt(PLACE, row, encrypted) == "x"
    await vault.destroy([person], NOW)
    await vault.wait_for_leases()
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) is None
    assert (await slow.keys([person])).decrypt(PLACE, row, encrypted) == "x"


async def test_many_keys_are_loaded_in_one_statement(vault: Vault) -> None:
    data_key_ids, other = await vault.new_data_keys(500), another(vault)
    row = uuid4()
    encrypted = [
        (await vault.keys(data_key_ids)).encrypt(person, PLACE, row, "x")
        for person in data_key_ids[:3]
    ]
    keys = await other.keys(data_key_ids)
    assert [keys.decrypt(PLACE, row, each) for each in encrypted] == ["x"] * 3


async def test_a_rotation_wraps_all_keys_and_old_backups_are_unreadable(vault: Vault) -> None:
    data_key_ids, row = await vault.new_data_keys(1200), uuid4()
    old = vault.keyring
    destroyed = data_key_ids.pop()
    backup = (await vault.store.wrapped([destroyed]))[destroyed]
    encrypted = (await vault.keys(data_key_ids)).encrypt(data_key_ids[0], PLACE, row, "x")
    await vault.destroy([destroyed], NOW)
    batches: list[int] = []
    assert await RotateKeys(vault)(batches.append) == sum(batches) >= 1199
    assert list(vault.keyring.encryption) == ["k2"]
    other = another(vault)
    assert (await other.keys([data_key_ids[0]])).decrypt(PLACE, row, encrypted) == "x"
    assert unwrap(old, destroyed, *backup)
    with pytest.raises(KeyringMissing):
        unwrap(vault.keyring, destroyed, *backup)


async def test_an_interrupted_rotation_continues(vault: Vault) -> None:
    data_key_ids = await vault.new_data_keys(1200)

    class Killed(Exception):
        pass

    def kill(_done: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        await RotateKeys(vault)(kill)
    assert list(vault.keyring.encryption) == ["k1", "k2"]
    assert len((await another(vault).store.wrapped(data_key_ids)).keys()) == 1200
    assert await RotateKeys(vault)(lambda _done: None) == 700
    assert list(vault.keyring.encryption) == ["k2"]


async def test_keys_that_are_created_during_a_rotation_use_the_new_key(vault: Vault) -> None:
    """A worker with the old keyring must not add a key that the rotation has missed."""
    await vault.new_data_keys(300)
    others = [another(vault) for _ in range(4)]

    async def create(other: Vault) -> list[object]:
        return [person for _ in range(30) for person in await other.new_data_keys(3)]

    created, _ = await asyncio.gather(
        asyncio.gather(*(create(other) for other in others)), RotateKeys(vault)(lambda _done: None)
    )
    fresh = another(vault)
    data_key_ids = [person for some in created for person in some]
    wrapped = await fresh.store.wrapped(data_key_ids)  # type: ignore[arg-type]
    assert len(wrapped) == len(data_key_ids) == 360
    assert {name for _, name in wrapped.values()} == {"k2"}
    with pytest.raises(KeyRetired):
        await fresh.store.add({await vault.new_data_key(): b"x"}, "k1")


async def test_a_missing_keyring_is_not_replaced(vault: Vault) -> None:
    await vault.new_data_key()
    assert isinstance(vault.source, KeyringFile)
    vault.source.path.unlink()
    with pytest.raises(KeyringMissing, match="Restore it"):
        await another(vault).prepare()


async def test_a_keyring_in_the_settings_is_read_only(vault: Vault) -> None:
    configured = Vault(vault.store, KeyringSetting(write_keyring(vault.keyring)))
    assert await configured.new_data_keys(1)
    with pytest.raises(KeyringMissing, match="settings"):
        await RotateKeys(configured)(lambda _done: None)
    for wrong in ("", "{}", '{"encryption": {"k1": "AAAA"}, "index": {"1": ""}, "signing": ""}'):
        with pytest.raises(ValueError, match=r"keyring|Expecting"):
            KeyringSetting(wrong)


async def test_only_the_owner_can_read_the_keyring_file(vault: Vault, tmp_path: Path) -> None:
    assert isinstance(vault.source, KeyringFile)
    assert vault.source.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob("keyring*")] == ["keyring.json"]


async def test_all_workers_share_the_key_of_a_day_until_it_is_destroyed(vault: Vault) -> None:
    day, other, row = date(2026, 11, 25), another(vault), uuid4()
    person = await vault.of_day(day)
    assert await other.of_day(day) == person
    encrypted = (await vault.keys([person])).encrypt(person, PLACE, row, "x")
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) == "x"
    await vault.destroy([person], NOW)
    assert await other.of_day(day) == person
    assert (await vault.keys([person])).decrypt(PLACE, row, encrypted) is None
