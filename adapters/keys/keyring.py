"""The keyring: the keys that protect all personal data, and their text format.

The file, or the setting, is JSON; keys are base64, 32 bytes each::

    {"encryption": {"k1": "…"}, "index": {"1": "…"}, "signing": "…"}

or, encrypted by a key-management service that a plugin connects::

    {"locked_by": "acme-kms", "keyring": "…"}

The last ``encryption`` key wraps the data keys. Blind indexes are written with all ``index``
keys, so that the shop can serve during a rotation. ``signing`` is an Ed25519 seed.
"""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
        """The name of the key that wraps new data keys."""
        return list(self.encryption)[-1]

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.signing)

    @cached_property
    def fingerprint_key(self) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"fingerprints").derive(self.signing)

    @cached_property
    def settings_key(self) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"settings of plugins").derive(
            self.signing
        )

    def index_key(self, name: str, field: str) -> HMAC:
        """Return the HMAC-SHA-256 of a field, keyed by HKDF (RFC 5869). Copy it before use."""
        mac = self._index_keys.get((name, field))
        if mac is None:
            kdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"index {field}".encode())
            mac = self._index_keys[name, field] = HMAC(kdf.derive(self.index[name]), SHA256())
        return mac

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
    """Add a key to ``kind`` (``encryption`` or ``index``); it becomes the current key."""
    keys = getattr(keyring, kind)
    prefix = "k" if kind == "encryption" else ""
    number = 1 + max(int(name.removeprefix(prefix)) for name in keys)
    return _changed(keyring, kind, {**keys, f"{prefix}{number}": secrets.token_bytes(KEY_BYTES)})


def without_old_keys(keyring: Keyring, kind: str) -> Keyring:
    """Keep only the current key of ``kind``."""
    name, key = list(getattr(keyring, kind).items())[-1]
    return _changed(keyring, kind, {name: key})


def read_keyring(text: str, lock: KeyringLock | None = None) -> Keyring:
    """Parse a keyring.

    Raises:
        ValueError: the text is not a keyring.
        KeyringMissing: no plugin unlocks the keyring.
    """
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
        raise ValueError("A keyring needs encryption, index and signing keys.") from error
    keys = (*keyring.encryption.values(), *keyring.index.values(), keyring.signing)
    if not keyring.encryption or not keyring.index or any(len(key) != KEY_BYTES for key in keys):
        raise ValueError("Every key of a keyring needs 32 bytes.")
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


def _unlocked(document: Mapping[str, str], lock: KeyringLock | None) -> bytes:
    code = document["locked_by"]
    if lock is None or lock.code != code:
        raise KeyringMissing(f"The keyring is locked by “{code}”, but no plugin has this code.")
    try:
        return lock.unlock(b64decode(document["keyring"], validate=True))
    except PortError as error:
        raise KeyringMissing(f"“{code}” cannot unlock the keyring: {error.code}.") from error


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
