"""Keys per person: what they seal, what they do not open, and what happens when they go."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.database.engine import open_database
from adapters.database.keys.store import SqlKeyStore
from adapters.keys.keyring import KeyringFile, KeyringGiven, write_keyring
from adapters.keys.rotation import RotateKeys
from adapters.keys.vault import Vault, unwrap
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
    """The vault as another process has it; closed after the test."""
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


async def test_a_value_opens_where_it_was_sealed(vault: Vault) -> None:
    person, row = await vault.new_data_key(), uuid4()
    keys = await vault.keys([person])
    encrypted = keys.encrypt(person, PLACE, row, {"name": "李梅"})
    assert keys.decrypt(PLACE, row, encrypted) == {"name": "李梅"}
    assert "李梅".encode() not in encrypted
    assert keys.encrypt(person, PLACE, row, {"name": "李梅"}) != encrypted
    assert keys.decrypt(PLACE, row, None) is None


async def test_a_value_that_was_moved_or_changed_does_not_open(vault: Vault) -> None:
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


async def test_no_worker_opens_anything_once_a_key_is_destroyed(vault: Vault) -> None:
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


async def test_without_the_epoch_a_worker_would_go_on_opening(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the test above: a worker that does not ask."""
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

    monkeypatch.setattr(other, "_catch_up", never)
    seconds[0] = LEASE_SECONDS
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) == "x"


async def test_after_the_leases_no_worker_opens_anything(vault: Vault) -> None:
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


async def test_a_new_key_wraps_everybody_and_the_old_one_is_of_no_use(vault: Vault) -> None:
    data_key_ids, row = await vault.new_data_keys(1200), uuid4()
    old = vault.keyring
    gone = data_key_ids.pop()
    backup = (await vault.store.wrapped([gone]))[gone]
    encrypted = (await vault.keys(data_key_ids)).encrypt(data_key_ids[0], PLACE, row, "x")
    await vault.destroy([gone], NOW)
    told: list[int] = []
    assert await RotateKeys(vault)(told.append) == sum(told) >= 1199
    assert list(vault.keyring.encryption) == ["k2"]
    other = another(vault)
    assert (await other.keys([data_key_ids[0]])).decrypt(PLACE, row, encrypted) == "x"
    assert unwrap(old, gone, *backup)
    with pytest.raises(KeyringMissing):
        unwrap(vault.keyring, gone, *backup)


async def test_a_rotation_that_was_cut_off_goes_on(vault: Vault) -> None:
    data_key_ids = await vault.new_data_keys(1200)

    class Killed(Exception):
        pass

    def die(_more: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        await RotateKeys(vault)(die)
    assert list(vault.keyring.encryption) == ["k1", "k2"]
    assert len((await another(vault).store.wrapped(data_key_ids)).keys()) == 1200
    assert await RotateKeys(vault)(lambda _more: None) == 700
    assert list(vault.keyring.encryption) == ["k2"]


async def test_people_come_while_keys_are_rotated(vault: Vault) -> None:
    """Whoever read the keyring before it changed wraps with the new key, or not at all."""
    await vault.new_data_keys(300)
    others = [another(vault) for _ in range(4)]

    async def come(other: Vault) -> list[object]:
        return [person for _ in range(30) for person in await other.new_data_keys(3)]

    came, _ = await asyncio.gather(
        asyncio.gather(*(come(other) for other in others)), RotateKeys(vault)(lambda _more: None)
    )
    fresh = another(vault)
    everybody = [person for some in came for person in some]
    wrapped = await fresh.store.wrapped(everybody)  # type: ignore[arg-type]
    assert len(wrapped) == len(everybody) == 360
    assert {name for _, name in wrapped.values()} == {"k2"}
    with pytest.raises(KeyRetired):
        await fresh.store.add({await vault.new_data_key(): b"x"}, "k1")


async def test_a_lost_keyring_is_not_replaced_by_an_empty_one(vault: Vault) -> None:
    await vault.new_data_key()
    assert isinstance(vault.source, KeyringFile)
    vault.source.path.unlink()
    with pytest.raises(KeyringMissing, match="Restore it"):
        await another(vault).prepare()


async def test_a_keyring_of_the_settings_is_changed_by_who_gave_it(vault: Vault) -> None:
    given = Vault(vault.store, KeyringGiven(write_keyring(vault.keyring)))
    assert await given.new_data_keys(1)
    with pytest.raises(KeyringMissing, match="settings"):
        await RotateKeys(given)(lambda _more: None)
    for wrong in ("", "{}", '{"encryption": {"k1": "AAAA"}, "index": {"1": ""}, "signing": ""}'):
        with pytest.raises(ValueError, match=r"keyring|Expecting"):
            KeyringGiven(wrong)


async def test_the_keyring_is_for_its_owner_alone(vault: Vault, tmp_path: Path) -> None:
    assert isinstance(vault.source, KeyringFile)
    assert vault.source.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob("keyring*")] == ["keyring.json"]


async def test_the_key_of_a_day_is_one_and_goes(vault: Vault) -> None:
    day, other, row = date(2026, 11, 25), another(vault), uuid4()
    person = await vault.of_day(day)
    assert await other.of_day(day) == person
    encrypted = (await vault.keys([person])).encrypt(person, PLACE, row, "x")
    assert (await other.keys([person])).decrypt(PLACE, row, encrypted) == "x"
    await vault.destroy([person], NOW)
    assert await other.of_day(day) == person
    assert (await vault.keys([person])).decrypt(PLACE, row, encrypted) is None
