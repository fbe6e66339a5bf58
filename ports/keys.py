"""Where keys are kept: the keyring's lock, and the store of people's wrapped keys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.domain.identifiers import DataKeyId


class KeyringMissing(Exception):
    """People's keys are wrapped by a keyring that is not here: without it nothing can be read."""


class KeyRetired(Exception):
    """The key that wraps people's keys was replaced: read the keyring again."""


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
    """People's keys, each encrypted with a key of the keyring, which ``wrapped_by`` names."""

    async def add(self, wrapped: Mapping[DataKeyId, bytes], wrapped_by: str) -> None:
        """Raises `KeyRetired` if ``wrapped_by`` was retired."""

    async def add_missing(self, person: DataKeyId, wrapped: bytes, wrapped_by: str) -> None:
        """Add a key unless this person has one, or had one that was destroyed."""

    async def wrapped(self, people: Sequence[DataKeyId]) -> dict[DataKeyId, tuple[bytes, str]]:
        """The wrapped keys with the names of their wrapping keys; destroyed ones are missing."""


class Destructions(Protocol):
    """Which keys were destroyed: the store remembers it for ever."""

    async def epoch(self) -> int:
        """A number that grows with every destruction and every retired wrapping key."""

    async def destroy(self, people: Iterable[DataKeyId], at: datetime) -> int:
        """Delete keys for ever; how many there were."""

    async def destroyed(self, after: UUID, limit: int) -> tuple[DataKeyId, ...]:
        """People whose keys were destroyed, in order, from ``after`` on."""


class Rewrapping(Protocol):
    """The change from one wrapping key to the next."""

    async def retire(self, names: Iterable[str]) -> None:
        """From now on `WrappedKeys.add` refuses these wrapping keys."""

    async def wrapped_by_others(
        self, name: str, limit: int
    ) -> Sequence[tuple[DataKeyId, bytes, str]]:
        """Keys that another key than ``name`` wraps."""

    async def rewrap(self, wrapped: Mapping[DataKeyId, bytes], wrapped_by: str) -> None:
        """Replace the wrapping of keys that are still there."""


class KeyStore(WrappedKeys, Destructions, Rewrapping, Protocol):
    async def prepare(self) -> None:
        """Create what is missing. Safe to repeat."""

    async def is_empty(self) -> bool: ...

    async def close(self) -> None: ...


class PrepareKeys(Protocol):
    async def __call__(self) -> None:
        """Create the tables and the keyring that are missing. Safe to repeat."""
