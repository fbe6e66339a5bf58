"""Encryption with a data key per person (AES-256-GCM), and wrapping of data keys.

The layout is in `adapters.serialization.encrypted`. The associated data are table, column, row
and data key, so that a value that was moved to another place cannot be decrypted. Values are
JSON.
"""

import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.keys.keyring import Keyring
from adapters.serialization.encrypted import HEAD, VERSION, data_key_in
from core.domain.identifiers import DataKeyId
from ports.encryption import Tampered
from ports.keys import KeyringMissing

NONCE_BYTES = 12


class AesDataKeys:
    """Some data keys, loaded for one unit of work."""

    def __init__(self, by_id: Mapping[DataKeyId, AESGCM]) -> None:
        self._by_id = by_id

    def encrypt(self, data_key_id: DataKeyId, place: str, row: UUID, value: Any) -> bytes:
        """``place`` is ``table.column``. Raises `LookupError` if the data key is not loaded."""
        nonce = os.urandom(NONCE_BYTES)
        encrypted = self._by_id[data_key_id].encrypt(
            nonce, msgspec.json.encode(value), _associated(place, row, data_key_id)
        )
        return b"".join((bytes((VERSION,)), data_key_id.bytes, nonce, encrypted))

    def decrypt(self, place: str, row: UUID, encrypted: bytes | None) -> Any:
        """Return None for an empty value, or if its key is destroyed. Raises `Tampered`."""
        if encrypted is None:
            return None
        data_key_id = data_key_in(encrypted)
        key = self._by_id.get(data_key_id)
        if key is None:
            return None
        nonce, rest = encrypted[HEAD : HEAD + NONCE_BYTES], encrypted[HEAD + NONCE_BYTES :]
        try:
            return msgspec.json.decode(
                key.decrypt(nonce, rest, _associated(place, row, data_key_id))
            )
        except InvalidTag as error:
            raise Tampered(place) from error


def wrap(keyring: Keyring, data_key_id: DataKeyId, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    wrapping_key = AESGCM(keyring.encryption[keyring.current])
    return nonce + wrapping_key.encrypt(nonce, key, data_key_id.bytes)


def unwrap(keyring: Keyring, data_key_id: DataKeyId, wrapped: bytes, name: str) -> bytes:
    """Raises `KeyringMissing` or `Tampered`."""
    if name not in keyring.encryption:
        raise KeyringMissing(f"The keyring has no key “{name}”. Restore it.")
    try:
        return AESGCM(keyring.encryption[name]).decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], data_key_id.bytes
        )
    except InvalidTag as error:
        raise Tampered("data key") from error


def _associated(place: str, row: UUID, data_key_id: DataKeyId) -> bytes:
    return b"|".join((place.encode(), row.bytes, data_key_id.bytes))
