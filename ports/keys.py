"""What keeps the keyring locked: a key-management service, or a hardware module."""

from typing import Protocol, runtime_checkable


class KeyringMissing(Exception):
    """People's keys are wrapped by a keyring that is not here: without it nothing can be read."""


@runtime_checkable
class KeyringLock(Protocol):
    """Locks the keyring with a key that never leaves it. ``code`` is stable.

    It is asked when a process starts, and when the keyring was rotated: it may block for as
    long as a request over the network takes. Its own key is rotated where it lives.
    """

    @property
    def code(self) -> str: ...

    def lock(self, keyring: bytes) -> bytes:
        """What nobody can read without it: a few hundred bytes, authenticated."""

    def unlock(self, locked: bytes) -> bytes:
        """The keyring again.

        Raises:
            Unavailable: it does not answer.
            Rejected: this was not locked here, or was changed.
        """
