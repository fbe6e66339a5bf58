"""Encryption per person: AES-256-GCM under a key of one's own, which can be destroyed.

A sealed value is ``version (1 byte) | person (16) | nonce (12) | ciphertext | tag (16)``. Its
associated data are the table, the column, the row and the person, so that a value that was
moved to another place does not open. Values are JSON.
"""

import hmac
import os
import time
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
from cachetools import TTLCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.keys.keyring import Keyring, KeyringSource
from adapters.keys.store import KeyRetired, SqlKeyStore
from core.domain.identifiers import PersonId
from ports.keys import KeyringMissing

VERSION = 1
INDEX_BYTES = 16
NONCE_BYTES = 12
HEAD = 1 + 16
READY = 64
"""How many people's keys are made at once, before anybody needs them."""

CACHED = 10_000
CACHED_SECONDS = 60.0
LEASE_SECONDS = 1.0
"""How long a worker may not know that a key was destroyed."""

DAYS = UUID("6f2b1f0e-5d0c-4f0e-9a51-0d5f3b6c7a10")


class Tampered(Exception):
    """A sealed value was changed, or moved to a place where it was not sealed."""


class Keys:
    """Some people's keys, for as long as one piece of work takes."""

    def __init__(self, by_person: Mapping[PersonId, AESGCM]) -> None:
        self._by_person = by_person

    def seal(self, person: PersonId, place: str, row: UUID, value: Any) -> bytes:
        """``place`` is ``table.column``. Raises `LookupError` for a person without a key."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._by_person[person].encrypt(
            nonce, msgspec.json.encode(value), _associated(place, row, person)
        )
        return b"".join((bytes((VERSION,)), person.bytes, nonce, sealed))

    def open(self, place: str, row: UUID, sealed: bytes | None) -> Any:
        """None if there is nothing, or nobody can open it any more. Raises `Tampered`."""
        if sealed is None:
            return None
        person = person_in(sealed)
        key = self._by_person.get(person)
        if key is None:
            return None
        nonce, rest = sealed[HEAD : HEAD + NONCE_BYTES], sealed[HEAD + NONCE_BYTES :]
        try:
            return msgspec.json.decode(key.decrypt(nonce, rest, _associated(place, row, person)))
        except InvalidTag as error:
            raise Tampered(place) from error


class Vault:
    """Hands out people's keys.

    A worker forgets what it remembers of them within a second of their destruction.
    """

    def __init__(self, store: SqlKeyStore, source: KeyringSource) -> None:
        self.store = store
        self.source = source
        self._cache: TTLCache[PersonId, AESGCM] = TTLCache(CACHED, CACHED_SECONDS)
        self._ready: deque[PersonId] = deque()
        self._ready_keys: dict[PersonId, AESGCM] = {}
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

    async def keys(self, people: Iterable[PersonId | None]) -> Keys:
        """The keys of these people, in at most two statements."""
        await self._catch_up()
        wanted = {person for person in people if person is not None}
        known = {person: self._cache[person] for person in wanted if person in self._cache}
        missing = [person for person in wanted if person not in known]
        for person in [each for each in missing if each in self._ready_keys]:
            known[person] = self._cache[person] = self._ready_keys.pop(person)
            missing.remove(person)
        if missing:
            for person, (wrapped, name) in (await self.store.wrapped(missing)).items():
                key = AESGCM(unwrap(self.keyring, person, wrapped, name))
                known[person] = self._cache[person] = key
        return Keys(known)

    async def new_person(self) -> PersonId:
        """Somebody new, whose key is safe before anything is sealed with it."""
        if not self._ready:
            self._ready.extend(await self.new_people(READY))
        return self._ready.popleft()

    async def new_people(self, count: int) -> list[PersonId]:
        await self._catch_up()
        fresh = {PersonId(uuid4()): AESGCM.generate_key(256) for _ in range(count)}
        while True:
            keyring = self.keyring
            wrapped = {person: wrap(keyring, person, key) for person, key in fresh.items()}
            try:
                await self.store.add(wrapped, keyring.current)
                break
            except KeyRetired:
                continue
        self._ready_keys.update({person: AESGCM(key) for person, key in fresh.items()})
        return list(fresh)

    async def of_day(self, day: date) -> PersonId:
        """Whose key seals what is kept for a day only, and belongs to nobody in particular."""
        person = person_of_day(day)
        if person not in self._cache:
            keyring = self.keyring
            key = wrap(keyring, person, AESGCM.generate_key(256))
            await self.store.add_missing(person, key, keyring.current)
        return person

    async def destroy(self, people: Iterable[PersonId], at: datetime) -> int:
        """Destroy keys for ever. Others notice within `LEASE_SECONDS`."""
        gone = [*people]
        for person in gone:
            self._cache.pop(person, None)
            self._ready_keys.pop(person, None)
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
            found.append(bytes((int(name) % 256,)) + mac.finalize()[:INDEX_BYTES])
        return found

    def index(self, field: str, value: str) -> bytes | None:
        """The blind index to write; None for an empty value."""
        return self.indexes(field, value)[-1] if value else None

    def fingerprint(self, value: str) -> bytes:
        """A keyed hash that stays the same when the index keys change: HMAC-SHA-256."""
        return hmac.digest(self.keyring.fingerprints, value.encode(), "sha256")

    async def close(self) -> None:
        await self.store.database.close()

    async def _catch_up(self) -> None:
        """Forget everything if a key was destroyed since we last asked."""
        now = time.monotonic()
        if now - self._asked_at < LEASE_SECONDS:
            return
        if self._epoch < 0:
            await self.prepare()
        epoch = await self.store.epoch()
        self._asked_at = now
        if epoch != self._epoch:
            self._cache.clear()
            self._epoch = epoch


def person_of_day(day: date) -> PersonId:
    return PersonId(uuid5(DAYS, day.isoformat()))


def person_in(sealed: bytes) -> PersonId:
    """Whose key opens it."""
    if sealed[0] != VERSION:
        raise Tampered("version")
    return PersonId(UUID(bytes=bytes(sealed[1:HEAD])))


def wrap(keyring: Keyring, person: PersonId, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    wrapping = AESGCM(keyring.encryption[keyring.current])
    return nonce + wrapping.encrypt(nonce, key, person.bytes)


def unwrap(keyring: Keyring, person: PersonId, wrapped: bytes, name: str) -> bytes:
    """Raises `KeyringMissing` or `Tampered`."""
    if name not in keyring.encryption:
        raise KeyringMissing(f"The keyring has no key “{name}”. Restore it.")
    try:
        return AESGCM(keyring.encryption[name]).decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], person.bytes
        )
    except InvalidTag as error:
        raise Tampered("data key") from error


def _associated(place: str, row: UUID, person: PersonId) -> bytes:
    return b"|".join((place.encode(), row.bytes, person.bytes))
