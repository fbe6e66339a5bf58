"""Rotates the key that wraps the data keys, while the shop serves.

After the old key is dropped, old backups of the key store cannot restore destroyed data keys.
"""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.keys.data_keys import unwrap, wrap
from adapters.keys.keyring import with_new_key, without_old_keys
from adapters.keys.keyring_sources import KeyringSource
from adapters.keys.vault import Vault, number_of

BATCH = 500

Progress = Callable[[int], None]
"""Called with the number of rows of each batch."""


@dataclass(frozen=True, slots=True)
class RotateKeys:
    """Wrap all data keys with a new key, and return their number.

    Idempotent: a second call continues an interrupted rotation.

    Raises:
        KeyringMissing: the keyring is read-only.
    """

    vault: Vault

    async def __call__(self, progress: Progress) -> int:
        source, store = self.vault.source, self.vault.store
        if len(source.read().encryption) == 1:
            source.replace(with_new_key(source.read(), "encryption"))
        keyring = source.read()
        await store.retire([name for name in keyring.encryption if name != keyring.current])
        rewrapped = 0
        while rows := await store.wrapped_by_others(keyring.current, BATCH):
            await store.rewrap(
                {
                    data_key_id: wrap(
                        keyring, data_key_id, unwrap(keyring, data_key_id, wrapped, name)
                    )
                    for data_key_id, wrapped, name in rows
                },
                keyring.current,
            )
            rewrapped += len(rows)
            progress(len(rows))
        source.replace(without_old_keys(source.read(), "encryption"))
        return rewrapped


@dataclass(frozen=True, slots=True)
class KeyringIndexKeys:
    """Implements `ports.encryption.IndexKeys` with the keyring."""

    source: KeyringSource

    def add(self) -> None:
        if len(self.source.read().index) == 1:
            self.source.replace(with_new_key(self.source.read(), "index"))

    @property
    def current(self) -> bytes:
        return number_of(list(self.source.read().index)[-1])

    def drop_old(self) -> None:
        self.source.replace(without_old_keys(self.source.read(), "index"))
