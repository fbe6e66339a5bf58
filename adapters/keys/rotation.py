"""New keys that wrap people's keys, or make blind indexes, while the shop serves.

Once the old one is dropped, the keys of people who were erased are unreadable in every older
copy of the key store.
"""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.keys.keyring import KeyringSource, with_new_key, without_old_keys
from adapters.keys.vault import Vault, number_of, unwrap, wrap

AT_ONCE = 500

Progress = Callable[[int], None]
"""Told how many more were done."""


@dataclass(frozen=True, slots=True)
class RotateKeys:
    """Wrap everybody's key anew; how many. A run that was cut off goes on where it was.

    Raises:
        KeyringMissing: the keyring is not ours to change.
    """

    vault: Vault

    async def __call__(self, progress: Progress) -> int:
        source, store = self.vault.source, self.vault.store
        if len(source.read().encryption) == 1:
            source.replace(with_new_key(source.read(), "encryption"))
        keyring = source.read()
        await store.retire([name for name in keyring.encryption if name != keyring.current])
        rewrapped = 0
        while rows := await store.wrapped_by_others(keyring.current, AT_ONCE):
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
    """The index keys of the keyring, as `ports.encryption.IndexKeys`."""

    source: KeyringSource

    def add(self) -> None:
        if len(self.source.read().index) == 1:
            self.source.replace(with_new_key(self.source.read(), "index"))

    @property
    def current(self) -> bytes:
        return number_of(list(self.source.read().index)[-1])

    def drop_old(self) -> None:
        self.source.replace(without_old_keys(self.source.read(), "index"))
