"""The layout of an encrypted value, as the key store's and the shop's tables share it.

``version (1 byte) | person (16) | nonce (12) | ciphertext | tag (16)``.
"""

from uuid import UUID

from core.domain.identifiers import DataKeyId
from ports.encryption import Tampered

VERSION = 1
HEAD = 1 + 16


def data_key_in(encrypted: bytes) -> DataKeyId:
    """Whose key opens it. Raises `Tampered` for another version."""
    if encrypted[0] != VERSION:
        raise Tampered("version")
    return DataKeyId(UUID(bytes=bytes(encrypted[1:HEAD])))
