"""The two places of the keyring: a file, or a setting."""

import os
import secrets
from pathlib import Path
from typing import Protocol

from adapters.keys.keyring import Keyring, new_keyring, read_keyring, write_keyring
from ports.keys import KeyringLock, KeyringMissing


class KeyringSource(Protocol):
    @property
    def exists(self) -> bool: ...

    def read(self) -> Keyring:
        """Raises `KeyringMissing`."""

    def make(self) -> None:
        """Create a keyring if there is none. Raises `KeyringMissing` if the source is read-only."""

    def replace(self, keyring: Keyring) -> None:
        """Raises `KeyringMissing` if the keyring is read-only."""


class KeyringFile:
    """A file with mode 0600. It is read again when its modification time changes."""

    def __init__(self, path: Path, lock: KeyringLock | None = None) -> None:
        self.path = path
        self._lock = lock
        self._modified_ns = 0
        self._cached: Keyring | None = None

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def read(self) -> Keyring:
        """Raises `KeyringMissing`."""
        try:
            modified_ns = self.path.stat().st_mtime_ns
        except FileNotFoundError as error:
            raise KeyringMissing(
                f"{self.path} is missing. Restore it from your backup:"
                " without it, encrypted data cannot be read."
            ) from error
        if self._cached is None or modified_ns != self._modified_ns:
            self._cached = read_keyring(self.path.read_text(encoding="utf-8"), self._lock)
            self._modified_ns = modified_ns
        return self._cached

    def make(self) -> None:
        # `link` fails if another process has created the file meanwhile; `replace` would not.
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self._written(new_keyring())
        try:
            os.link(partial, self.path)
        except FileExistsError:
            return
        finally:
            partial.unlink()

    def replace(self, keyring: Keyring) -> None:
        self._written(keyring).replace(self.path)

    def _written(self, keyring: Keyring) -> Path:
        partial = self.path.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(write_keyring(keyring, self._lock))
            file.flush()
            os.fsync(file.fileno())
        return partial


class KeyringSetting:
    """The keyring in a setting. It is read-only for the shop."""

    def __init__(self, text: str, lock: KeyringLock | None = None) -> None:
        self._cached = read_keyring(text, lock)

    @property
    def exists(self) -> bool:
        return True

    def read(self) -> Keyring:
        return self._cached

    def make(self) -> None:
        raise KeyringMissing("The keyring comes from the settings.")

    def replace(self, keyring: Keyring) -> None:  # noqa: ARG002
        raise KeyringMissing(
            "The keyring comes from the settings. Add the new key there, restart, and repeat."
        )
