"""Encryption per person: AES-256-GCM under a key of one's own, which can be destroyed.

The layout is in `adapters.serialization.encrypted`. The associated data are the table, the
column, the row and the person, so that a value that was moved to another place does not open.
Values are JSON.
"""

import asyncio
import hmac
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from cachetools import TTLCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.keys.keyring import Keyring, KeyringSource
from adapters.serialization.encrypted import HEAD, VERSION, data_key_in
from core.domain.identifiers import DataKeyId
from ports.encryption import LEASE_SECONDS, Tampered, data_key_of_day
from ports.keys import KeyRetired, KeyringMissing, KeyStore

INDEX_BYTES = 16
NONCE_BYTES = 12
READY = 64
"""How many people's keys are made at once, before anybody needs them."""

CACHED = 10_000
CACHED_SECONDS = 60.0


class Keys:
    """Some people's keys, for as long as one piece of work takes."""

    def __init__(self, by_person: Mapping[DataKeyId, AESGCM]) -> None:
        self._by_person = by_person

    def encrypt(self, data_key_id: DataKeyId, place: str, row: UUID, value: Any) -> bytes:
        """``place`` is ``table.column``. Raises `LookupError` for a person without a key."""
        nonce = os.urandom(NONCE_BYTES)
        encrypted = self._by_person[data_key_id].encrypt(
            nonce, msgspec.json.encode(value), _associated(place, row, data_key_id)
        )
        return b"".join((bytes((VERSION,)), data_key_id.bytes, nonce, encrypted))

    def decrypt(self, place: str, row: UUID, encrypted: bytes | None) -> Any:
        """None if there is nothing, or nobody can open it any more. Raises `Tampered`."""
        if encrypted is None:
            return None
        data_key_id = data_key_in(encrypted)
        key = self._by_person.get(data_key_id)
        if key is None:
            return None
        nonce, rest = encrypted[HEAD : HEAD + NONCE_BYTES], encrypted[HEAD + NONCE_BYTES :]
        try:
            return msgspec.json.decode(
                key.decrypt(nonce, rest, _associated(place, row, data_key_id))
            )
        except InvalidTag as error:
            raise Tampered(place) from error


class Vault:
    """Hands out people's keys.

    A worker caches keys for a lease, and drops them all when it finds, at the end of the lease,
    that a key was destroyed.
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
        self._cache: TTLCache[DataKeyId, AESGCM] = TTLCache(CACHED, CACHED_SECONDS)
        self._ready: deque[DataKeyId] = deque()
        self._ready_keys: dict[DataKeyId, AESGCM] = {}
        self._epoch = -1
        self._asked_at = float("-inf")

    @property
    def keyring(self) -> Keyring:
        return self.source.read()

    async def prepare(self) -> None:
        """Make what is missing: the tables, and a keyring for a shop that has no keys yet."""
        await self.store.prepare()
        if not self.source.exists:
            if not await self.store.is_empty():
                self.source.read()
            self.source.make()

    async def keys(self, data_key_ids: Iterable[DataKeyId | None]) -> Keys:
        """The keys of these people, in at most two statements."""
        await self._catch_up()
        wanted = {data_key_id for data_key_id in data_key_ids if data_key_id is not None}
        known = {
            data_key_id: self._cache[data_key_id]
            for data_key_id in wanted
            if data_key_id in self._cache
        }
        missing = [data_key_id for data_key_id in wanted if data_key_id not in known]
        for data_key_id in [each for each in missing if each in self._ready_keys]:
            known[data_key_id] = self._cache[data_key_id] = self._ready_keys.pop(data_key_id)
            missing.remove(data_key_id)
        if missing:
            for data_key_id, (wrapped, name) in (await self.store.wrapped(missing)).items():
                key = AESGCM(unwrap(self.keyring, data_key_id, wrapped, name))
                known[data_key_id] = self._cache[data_key_id] = key
        return Keys(known)

    async def new_data_key(self) -> DataKeyId:
        """Somebody new, whose key is safe before anything is sealed with it."""
        if not self._ready:
            self._ready.extend(await self.new_data_keys(READY))
        return self._ready.popleft()

    async def new_data_keys(self, count: int) -> list[DataKeyId]:
        await self._catch_up()
        fresh = {DataKeyId(uuid4()): AESGCM.generate_key(256) for _ in range(count)}
        while True:
            keyring = self.keyring
            wrapped = {
                data_key_id: wrap(keyring, data_key_id, key) for data_key_id, key in fresh.items()
            }
            try:
                await self.store.add(wrapped, keyring.current)
                break
            except KeyRetired:
                continue
        self._ready_keys.update({data_key_id: AESGCM(key) for data_key_id, key in fresh.items()})
        return list(fresh)

    async def of_day(self, day: date) -> DataKeyId:
        """Whose key seals what is kept for a day only, and belongs to nobody in particular."""
        data_key_id = data_key_of_day(day)
        if data_key_id not in self._cache:
            keyring = self.keyring
            key = wrap(keyring, data_key_id, AESGCM.generate_key(256))
            await self.store.add_missing(data_key_id, key, keyring.current)
        return data_key_id

    async def destroy(self, data_key_ids: Iterable[DataKeyId], at: datetime) -> int:
        """Destroy keys for ever. Other workers notice within ``lease_seconds``."""
        gone = [*data_key_ids]
        for data_key_id in gone:
            self._cache.pop(data_key_id, None)
            self._ready_keys.pop(data_key_id, None)
        return await self.store.destroy(gone, at)

    def indexes(self, field: str, value: str) -> list[bytes]:
        """The blind indexes of a normalised value, one a key of the keyring, the current last.

        Each is the key's number (1 byte) and 128 bits of HMAC-SHA-256.
        """
        keyring = self.keyring
        found = []
        for name in keyring.index:
            mac = keyring.index_key(name, field).copy()
            mac.update(value.encode())
            found.append(number_of(name) + mac.finalize()[:INDEX_BYTES])
        return found

    def index(self, field: str, value: str) -> bytes | None:
        """The blind index to write; None for an empty value."""
        return self.indexes(field, value)[-1] if value else None

    def fingerprint(self, value: str) -> bytes:
        """A keyed hash that stays the same when the index keys change: HMAC-SHA-256."""
        return hmac.digest(self.keyring.fingerprints, value.encode(), "sha256")

    async def wait_for_leases(self) -> None:
        """Wait until every worker has noticed the keys that were destroyed before this call."""
        # The second lease is for a worker that asked just before a slow destruction ended.
        await asyncio.sleep(2 * self.lease_seconds)

    async def close(self) -> None:
        await self.store.close()

    async def _catch_up(self) -> None:
        """Forget everything if a key was destroyed since we last asked."""
        now = self._clock()
        if now - self._asked_at < self.lease_seconds:
            return
        if self._epoch < 0:
            await self.prepare()
        epoch = await self.store.epoch()
        self._asked_at = now
        if epoch != self._epoch:
            self._cache.clear()
            self._epoch = epoch


def number_of(index_key: str) -> bytes:
    """The first byte of every blind index under this key."""
    return bytes((int(index_key) % 256,))


def wrap(keyring: Keyring, data_key_id: DataKeyId, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    wrapping = AESGCM(keyring.encryption[keyring.current])
    return nonce + wrapping.encrypt(nonce, key, data_key_id.bytes)


def unwrap(keyring: Keyring, data_key_id: DataKeyId, wrapped: bytes, name: str) -> bytes:
    """Raises `KeyringMissing` or `Tampered`."""
    if name not in keyring.encryption:
        raise KeyringMissing(f"The keyring has no key “{name}”. Restore it.")
    try:
        return AESGCM(keyring.encryption[name]).decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], data_key_id.bytes
        )
    except InvalidTag as error:
        raise Tampered("data key") from error


def _associated(place: str, row: UUID, data_key_id: DataKeyId) -> bytes:
    return b"|".join((place.encode(), row.bytes, data_key_id.bytes))
