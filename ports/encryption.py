"""Encryption with a key for each person, and keyed hashes that find encrypted values."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

from core.domain.identifiers import DataKeyId

LEASE_SECONDS = 1.0
"""For how long other workers may still use a key that was destroyed or replaced."""

DAYS = UUID("6f2b1f0e-5d0c-4f0e-9a51-0d5f3b6c7a10")


class Tampered(Exception):
    """An encrypted value was changed, or moved to a place where it was not encrypted."""


class DataKeys(Protocol):
    """The keys of some people. ``place`` is ``table.column``, ``row`` the id of the row."""

    def encrypt(self, data_key_id: DataKeyId, place: str, row: UUID, value: Any) -> bytes:
        """Encrypt a value that JSON can hold. Raises `LookupError` for a person without a key."""

    def decrypt(self, place: str, row: UUID, encrypted: bytes | None) -> Any:
        """The value; None if there is none, or if its key was destroyed. Raises `Tampered`."""


class BlindIndexes(Protocol):
    """Keyed hashes of normalised values."""

    def index(self, field: str, value: str) -> bytes | None:
        """The index to write, which begins with the number of its key; None for an empty value."""

    def indexes(self, field: str, value: str) -> list[bytes]:
        """The indexes to search for: one for each index key, the current key last."""

    def fingerprint(self, value: str) -> bytes:
        """A hash that stays the same when the index keys change."""


class Encryption(BlindIndexes, Protocol):
    @property
    def lease_seconds(self) -> float:
        """How long a worker may use a cached key after its destruction."""

    async def keys(self, data_key_ids: Iterable[DataKeyId | None]) -> DataKeys:
        """The keys of these people; a destroyed key is left out."""

    async def new_data_key(self) -> DataKeyId:
        """A new key: it is stored before the first value is encrypted with it."""

    async def new_data_keys(self, count: int) -> list[DataKeyId]:
        """``count`` new keys at once."""

    async def of_day(self, day: date) -> DataKeyId:
        """The key for what is kept for a day and belongs to no person: `data_key_of_day`."""

    async def destroy(self, data_key_ids: Iterable[DataKeyId], at: datetime) -> int:
        """Destroy keys for ever; how many there were. Workers notice within `lease_seconds`."""


class IndexKeys(Protocol):
    """The change from one key of the blind indexes to the next, while the shop serves.

    A run that was killed goes on: `add` adds no second key.
    """

    def add(self) -> None:
        """Add a key, which is then the current one. Raises `KeyringMissing`."""

    @property
    def current(self) -> bytes:
        """The first byte of every index under the current key."""

    def drop_old(self) -> None:
        """Keep the current key alone. Raises `KeyringMissing`."""


def data_key_of_day(day: date) -> DataKeyId:
    """The same number in every process, so that the key can be destroyed later."""
    return DataKeyId(uuid5(DAYS, day.isoformat()))
