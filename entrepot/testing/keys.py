"""The conformance kit for a keyring lock."""

import secrets

import pytest

from ports.errors import Rejected
from ports.keys import KeyringLock


class KeyringLockSuite:
    """Override the fixture ``keyring_lock``."""

    @pytest.fixture
    def keyring_lock(self) -> KeyringLock:
        raise NotImplementedError("Override the fixture `keyring_lock`.")

    def test_unlocking_returns_the_locked_bytes(self, keyring_lock: KeyringLock) -> None:
        for size in (1, 400, 4_000):
            plain = secrets.token_bytes(size)
            assert keyring_lock.unlock(keyring_lock.lock(plain)) == plain

    def test_the_locked_bytes_do_not_contain_the_plain_ones(
        self, keyring_lock: KeyringLock
    ) -> None:
        plain = secrets.token_bytes(64)
        assert plain[:16] not in keyring_lock.lock(plain)

    def test_locking_twice_gives_two_results(self, keyring_lock: KeyringLock) -> None:
        assert keyring_lock.lock(b"keyring") != keyring_lock.lock(b"keyring")

    def test_changed_bytes_are_rejected(self, keyring_lock: KeyringLock) -> None:
        locked = bytearray(keyring_lock.lock(b"keyring"))
        locked[len(locked) // 2] ^= 1
        with pytest.raises(Rejected):
            keyring_lock.unlock(bytes(locked))
