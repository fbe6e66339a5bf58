"""The vault: data keys from the key store, with a cache, and blind indexes."""

import asyncio
import hmac
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date, datetime
from uuid import uuid4

from cachetools import TTLCache
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.keys.data_keys import AesDataKeys, unwrap, wrap
from adapters.keys.keyring import Keyring
from adapters.keys.keyring_sources import KeyringSource
from core.domain.identifiers import DataKeyId
from ports.encryption import LEASE_SECONDS, data_key_of_day
from ports.keys import KeyRetired, KeyStore

INDEX_BYTES = 16
READY_KEYS = 64
"""Number of data keys that are created in advance, in one statement."""

CACHED_KEYS = 10_000
CACHE_SECONDS = 60.0


class Vault:
    """Implements `ports.encryption.Encryption`.

    Each worker caches data keys. After each lease it reads the epoch of the key store; a new
    epoch means that a key was destroyed, and the worker clears its cache.
    """

    def __init__(
        self,
        store: KeyStore,
        source: KeyringSource,
        *,
        lease_seconds: float = LEASE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.source = source
        self.lease_seconds = lease_seconds
        self._clock = clock
        self._cache: TTLCache[DataKeyId, AESGCM] = TTLCache(CACHED_KEYS, CACHE_SECONDS)
        self._ready: deque[DataKeyId] = deque()
        self._ready_keys: dict[DataKeyId, AESGCM] = {}
        self._epoch = -1
        self._checked_at = float("-inf")

    @property
    def keyring(self) -> Keyring:
        return self.source.read()

    async def prepare(self) -> None:
        """Create the tables, and a keyring if the key store is empty.

        Raises:
            KeyringMissing: the key store has keys, but the keyring is missing.
        """
        await self.store.prepare()
        if not self.source.exists:
            if not await self.store.is_empty():
                self.source.read()
            self.source.make()

    async def keys(self, data_key_ids: Iterable[DataKeyId | None]) -> AesDataKeys:
        """Load data keys, in at most two statements."""
        await self._check_epoch()
        wanted = {data_key_id for data_key_id in data_key_ids if data_key_id is not None}
        loaded = {
            data_key_id: self._cache[data_key_id]
            for data_key_id in wanted
            if data_key_id in self._cache
        }
        missing = [data_key_id for data_key_id in wanted if data_key_id not in loaded]
        for data_key_id in [each for each in missing if each in self._ready_keys]:
            loaded[data_key_id] = self._cache[data_key_id] = self._ready_keys.pop(data_key_id)
            missing.remove(data_key_id)
        if missing:
            for data_key_id, (wrapped, name) in (await self.store.wrapped(missing)).items():
                key = AESGCM(unwrap(self.keyring, data_key_id, wrapped, name))
                loaded[data_key_id] = self._cache[data_key_id] = key
        return AesDataKeys(loaded)

    async def new_data_key(self) -> DataKeyId:
        """Return a new data key. It is in the key store before it encrypts anything."""
        if not self._ready:
            self._ready.extend(await self.new_data_keys(READY_KEYS))
        return self._ready.popleft()

    async def new_data_keys(self, count: int) -> list[DataKeyId]:
        await self._check_epoch()
        created = {DataKeyId(uuid4()): AESGCM.generate_key(256) for _ in range(count)}
        while True:
            keyring = self.keyring
            wrapped = {
                data_key_id: wrap(keyring, data_key_id, key) for data_key_id, key in created.items()
            }
            try:
                await self.store.add(wrapped, keyring.current)
                break
            except KeyRetired:
                # A rotation has just replaced the key: wrap again with the new one.
                continue
        self._ready_keys.update({data_key_id: AESGCM(key) for data_key_id, key in created.items()})
        return list(created)

    async def of_day(self, day: date) -> DataKeyId:
        """Return the shared data key of a day, for values that are stored for one day only."""
        data_key_id = data_key_of_day(day)
        if data_key_id not in self._cache:
            keyring = self.keyring
            key = wrap(keyring, data_key_id, AESGCM.generate_key(256))
            await self.store.add_missing(data_key_id, key, keyring.current)
        return data_key_id

    async def destroy(self, data_key_ids: Iterable[DataKeyId], at: datetime) -> int:
        """Destroy data keys, and return their number. Other workers drop them within one lease."""
        destroyed = [*data_key_ids]
        for data_key_id in destroyed:
            self._cache.pop(data_key_id, None)
            self._ready_keys.pop(data_key_id, None)
        return await self.store.destroy(destroyed, at)

    def indexes(self, field: str, value: str) -> list[bytes]:
        """Return the blind indexes of a normalised value, one per index key, the current last.

        An index is the number of the key (1 byte) and 128 bits of HMAC-SHA-256.
        """
        keyring = self.keyring
        indexes = []
        for name in keyring.index:
            mac = keyring.index_key(name, field).copy()
            mac.update(value.encode())
            indexes.append(number_of(name) + mac.finalize()[:INDEX_BYTES])
        return indexes

    def index(self, field: str, value: str) -> bytes | None:
        """Return the blind index to store; None for an empty value."""
        return self.indexes(field, value)[-1] if value else None

    def fingerprint(self, value: str) -> bytes:
        """Return an HMAC-SHA-256 that does not change when the index keys are rotated."""
        return hmac.digest(self.keyring.fingerprint_key, value.encode(), "sha256")

    async def wait_for_leases(self) -> None:
        """Wait until all workers have dropped the keys that were destroyed before this call."""
        # Two leases: a worker may have read the epoch just before a slow destruction committed.
        await asyncio.sleep(2 * self.lease_seconds)

    async def close(self) -> None:
        await self.store.close()

    async def _check_epoch(self) -> None:
        """Clear the cache if a key was destroyed since the last check."""
        now = self._clock()
        if now - self._checked_at < self.lease_seconds:
            return
        if self._epoch < 0:
            await self.prepare()
        epoch = await self.store.epoch()
        self._checked_at = now
        if epoch != self._epoch:
            self._cache.clear()
            self._epoch = epoch


def number_of(index_key: str) -> bytes:
    """Return the first byte of all blind indexes of this key."""
    return bytes((int(index_key) % 256,))
