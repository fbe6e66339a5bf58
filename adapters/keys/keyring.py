"""The few secrets that everything personal hangs on, kept in one file or in the environment.

The file, or the setting, is JSON; keys are base64, 32 bytes each::

    {"encryption": {"k1": "…"}, "index": {"1": "…"}, "signing": "…"}

or that in the hands of a key-management service, which a plugin asks to unlock it::

    {"locked_by": "acme-kms", "keyring": "…"}

The last ``encryption`` key wraps the keys of people; all of ``index`` are written, so that an
index can be changed while the shop serves; ``signing`` is an Ed25519 seed.
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ports.errors import PortError
from ports.keys import KeyringLock, KeyringMissing

KEY_BYTES = 32


@dataclass(frozen=True)
class Keyring:
    """``encryption`` and ``index`` by name, oldest first; ``signing`` is a seed."""

    encryption: Mapping[str, bytes]
    index: Mapping[str, bytes]
    signing: bytes

    @property
    def current(self) -> str:
        """The name of the key that wraps new people's keys."""
        return list(self.encryption)[-1]

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.signing)

    @cached_property
    def fingerprints(self) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"fingerprints").derive(self.signing)

    def index_key(self, name: str, field: str) -> HMAC:
        """An HMAC-SHA-256 for one field, its key derived by HKDF (RFC 5869): copy before use."""
        known = self._index_keys.get((name, field))
        if known is None:
            kdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"index {field}".encode())
            known = self._index_keys[name, field] = HMAC(kdf.derive(self.index[name]), SHA256())
        return known

    @cached_property
    def _index_keys(self) -> dict[tuple[str, str], HMAC]:
        return {}


def new_keyring() -> Keyring:
    return Keyring(
        encryption={"k1": secrets.token_bytes(KEY_BYTES)},
        index={"1": secrets.token_bytes(KEY_BYTES)},
        signing=secrets.token_bytes(KEY_BYTES),
    )


def with_new_key(keyring: Keyring, kind: str) -> Keyring:
    """The keyring with one more key of ``encryption`` or ``index``, which is then the current."""
    keys = getattr(keyring, kind)
    prefix = "k" if kind == "encryption" else ""
    number = 1 + max(int(name.removeprefix(prefix)) for name in keys)
    return _changed(keyring, kind, {**keys, f"{prefix}{number}": secrets.token_bytes(KEY_BYTES)})


def without_old_keys(keyring: Keyring, kind: str) -> Keyring:
    """The keyring with the current key of ``kind`` alone."""
    name, key = list(getattr(keyring, kind).items())[-1]
    return _changed(keyring, kind, {name: key})


def read_keyring(text: str, lock: KeyringLock | None = None) -> Keyring:
    """Raises `ValueError` for what is no keyring, `KeyringMissing` for one that stays locked."""
    try:
        document = json.loads(text)
        if "locked_by" in document:
            document = json.loads(_unlocked(document, lock))
        keyring = Keyring(
            encryption=_keys(document["encryption"]),
            index=_keys(document["index"]),
            signing=b64decode(document["signing"], validate=True),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("A keyring has encryption, index and signing keys.") from error
    every = (*keyring.encryption.values(), *keyring.index.values(), keyring.signing)
    if not keyring.encryption or not keyring.index or any(len(key) != KEY_BYTES for key in every):
        raise ValueError("Every key of a keyring has 32 bytes.")
    return keyring


def write_keyring(keyring: Keyring, lock: KeyringLock | None = None) -> str:
    plain = json.dumps(
        {
            "encryption": _texts(keyring.encryption),
            "index": _texts(keyring.index),
            "signing": b64encode(keyring.signing).decode(),
        },
        indent=1,
    )
    if lock is None:
        return plain
    locked = b64encode(lock.lock(plain.encode())).decode()
    return json.dumps({"locked_by": lock.code, "keyring": locked})


class KeyringSource(Protocol):
    @property
    def exists(self) -> bool: ...

    def read(self) -> Keyring:
        """Raises `KeyringMissing`."""

    def make(self) -> None:
        """Create a keyring, unless there is one. Raises `KeyringMissing` if it cannot."""

    def replace(self, keyring: Keyring) -> None:
        """Raises `KeyringMissing` if the keyring is read-only."""


class KeyringFile:
    """The keyring in ``path``, read again when it changed; made, for its owner alone, once."""

    def __init__(self, path: Path, lock: KeyringLock | None = None) -> None:
        self.path = path
        self._lock = lock
        self._read_at = 0
        self._known: Keyring | None = None

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def read(self) -> Keyring:
        """Raises `KeyringMissing`."""
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError as error:
            raise KeyringMissing(
                f"{self.path} is missing. Restore it from where you keep it safe:"
                " what is encrypted with it cannot be read without it."
            ) from error
        if self._known is None or changed != self._read_at:
            self._known = read_keyring(self.path.read_text(encoding="utf-8"), self._lock)
            self._read_at = changed
        return self._known

    def make(self) -> None:
        """Make a new one, unless another process was faster."""
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


class KeyringGiven:
    """The keyring of a setting: whoever gave it changes it."""

    def __init__(self, text: str, lock: KeyringLock | None = None) -> None:
        self._known = read_keyring(text, lock)

    @property
    def exists(self) -> bool:
        return True

    def read(self) -> Keyring:
        return self._known

    def make(self) -> None:
        raise KeyringMissing("The keyring comes from the settings.")

    def replace(self, keyring: Keyring) -> None:  # noqa: ARG002
        raise KeyringMissing(
            "The keyring comes from the settings. Add the new key there, restart, and repeat."
        )


def _unlocked(document: Mapping[str, str], lock: KeyringLock | None) -> bytes:
    code = document["locked_by"]
    if lock is None or lock.code != code:
        raise KeyringMissing(f"The keyring is locked by “{code}”, which no plugin brings.")
    try:
        return lock.unlock(b64decode(document["keyring"], validate=True))
    except PortError as error:
        raise KeyringMissing(f"“{code}” does not unlock the keyring: {error.code}.") from error


def _keys(document: Any) -> dict[str, bytes]:
    return {str(name): b64decode(key, validate=True) for name, key in document.items()}


def _texts(keys: Mapping[str, bytes]) -> dict[str, str]:
    return {name: b64encode(key).decode() for name, key in keys.items()}


def _changed(keyring: Keyring, kind: str, keys: Mapping[str, bytes]) -> Keyring:
    return Keyring(
        encryption=keys if kind == "encryption" else keyring.encryption,
        index=keys if kind == "index" else keyring.index,
        signing=keyring.signing,
    )
