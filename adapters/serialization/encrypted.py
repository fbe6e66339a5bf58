"""The layout of an encrypted value, in bytes.

``version (1) | data key id (16) | nonce (12) | ciphertext | tag (16)``.
"""

from uuid import UUID

from core.domain.identifiers import DataKeyId
from ports.encryption import Tampered

VERSION = 1
HEAD = 1 + 16


def data_key_in(encrypted: bytes) -> DataKeyId:
    """Return the id of the data key. Raises `Tampered` for an unknown version."""
    if encrypted[0] != VERSION:
        raise Tampered("version")
    return DataKeyId(UUID(bytes=bytes(encrypted[1:HEAD])))
