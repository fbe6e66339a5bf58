"""Storage of keys: the lock of the keyring, and the store of wrapped data keys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.domain.identifiers import DataKeyId


class KeyringMissing(Exception):
    """The keyring that wraps the data keys is missing. Encrypted data cannot be read."""


class KeyRetired(Exception):
    """The wrapping key was replaced. Read the keyring again."""


@runtime_checkable
class KeyringLock(Protocol):
    """Encrypts the keyring with a key that never leaves the service. ``code`` is stable.

    The shop calls it when a process starts and after a rotation of the keyring. It may block
    for the time of a network request. The service rotates its own key.
    """

    @property
    def code(self) -> str: ...

    def lock(self, keyring: bytes) -> bytes:
        """Encrypt and authenticate the keyring, a few hundred bytes."""

    def unlock(self, locked: bytes) -> bytes:
        """Decrypt what `lock` returned.

        Raises:
            Unavailable: the service does not answer.
            Rejected: the data was encrypted elsewhere, or was changed.
        """


class WrappedKeys(Protocol):
    """Data keys, each encrypted with the key of the keyring that ``wrapped_by`` names."""

    async def add(self, wrapped: Mapping[DataKeyId, bytes], wrapped_by: str) -> None:
        """Raises `KeyRetired` if ``wrapped_by`` was retired."""

    async def add_missing(self, data_key_id: DataKeyId, wrapped: bytes, wrapped_by: str) -> None:
        """Add a data key unless it exists or was destroyed."""

    async def wrapped(
        self, data_key_ids: Sequence[DataKeyId]
    ) -> dict[DataKeyId, tuple[bytes, str]]:
        """The wrapped keys with the names of their wrapping keys, without destroyed keys."""


class Destructions(Protocol):
    """The permanent record of destroyed data keys."""

    async def epoch(self) -> int:
        """A number that increases when a key is destroyed or a wrapping key is retired."""

    async def destroy(self, data_key_ids: Iterable[DataKeyId], at: datetime) -> int:
        """Delete keys irreversibly. Returns the number of deleted keys."""

    async def destroyed(self, after: UUID, limit: int, since: int = -1) -> tuple[DataKeyId, ...]:
        """Ids of destroyed keys in ascending order, beginning after ``after``.

        Only keys that were destroyed after the epoch ``since``.
        """


class Rewrapping(Protocol):
    """Rotation of the wrapping key."""

    async def retire(self, names: Iterable[str]) -> None:
        """Retire wrapping keys: `WrappedKeys.add` refuses them from now on."""

    async def wrapped_by_others(
        self, name: str, limit: int
    ) -> Sequence[tuple[DataKeyId, bytes, str]]:
        """Data keys that are wrapped by a key other than ``name``."""

    async def rewrap(self, wrapped: Mapping[DataKeyId, bytes], wrapped_by: str) -> None:
        """Replace the wrapped form of data keys. Destroyed keys are skipped."""


class KeyStore(WrappedKeys, Destructions, Rewrapping, Protocol):
    async def prepare(self) -> None:
        """Create missing tables. Idempotent."""

    async def is_empty(self) -> bool: ...

    async def close(self) -> None: ...


class PrepareKeys(Protocol):
    async def __call__(self) -> None:
        """Create missing tables and a missing keyring. Idempotent."""
