"""What keeps the keyring locked: a key-management service, or a hardware module."""

from typing import Protocol, runtime_checkable


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
