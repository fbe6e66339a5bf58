"""Encryption with one data key per person, and blind indexes to find encrypted values."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

from core.domain.identifiers import DataKeyId

LEASE_SECONDS = 1.0
"""Other workers can use a destroyed or replaced key for at most this long."""

DAYS = UUID("6f2b1f0e-5d0c-4f0e-9a51-0d5f3b6c7a10")


class Tampered(Exception):
    """An encrypted value was changed, or copied to another row or column."""


class DataKeys(Protocol):
    """A loaded set of data keys. ``place`` is ``table.column``, ``row`` the id of the row."""

    def encrypt(self, data_key_id: DataKeyId, place: str, row: UUID, value: Any) -> bytes:
        """Encrypt a JSON value. Raises `LookupError` if the data key is missing."""

    def decrypt(self, place: str, row: UUID, encrypted: bytes | None) -> Any:
        """The value; None if it is empty or its key was destroyed. Raises `Tampered`."""


class BlindIndexes(Protocol):
    """Keyed hashes (HMAC) of normalised values."""

    def index(self, field: str, value: str) -> bytes | None:
        """The index to store. Its first byte is the key number. None for an empty value."""

    def indexes(self, field: str, value: str) -> list[bytes]:
        """The indexes to search for: one per index key, the current key last."""

    def fingerprint(self, value: str) -> bytes:
        """A hash that stays the same when the index keys change."""


class Encryption(BlindIndexes, Protocol):
    @property
    def lease_seconds(self) -> float:
        """A worker can use a cached key for at most this long after its destruction."""

    async def keys(self, data_key_ids: Iterable[DataKeyId | None]) -> DataKeys:
        """Load these data keys. A destroyed key is left out."""

    async def new_data_key(self) -> DataKeyId:
        """Create a data key. It is stored before the first use."""

    async def new_data_keys(self, count: int) -> list[DataKeyId]:
        """Create ``count`` data keys in one call."""

    async def of_day(self, day: date) -> DataKeyId:
        """The data key for values of one day without a known person; see `data_key_of_day`."""

    async def destroy(self, data_key_ids: Iterable[DataKeyId], at: datetime) -> int:
        """Destroy keys irreversibly. Returns the number of destroyed keys.

        Other workers stop using them within `lease_seconds`.
        """


class IndexKeys(Protocol):
    """Blind-index rotation: change the index key while the shop is online.

    An interrupted rotation can resume: `add` does not add a second key.
    """

    def add(self) -> None:
        """Add a key and make it the current one. Raises `KeyringMissing`."""

    @property
    def current(self) -> bytes:
        """The first byte of every index under the current key."""

    def drop_old(self) -> None:
        """Remove all keys but the current one. Raises `KeyringMissing`."""


def data_key_of_day(day: date) -> DataKeyId:
    """Deterministic, so that every process finds the same key and can destroy it later."""
    return DataKeyId(uuid5(DAYS, day.isoformat()))
