"""The layout of an encrypted value, as the key store's and the shop's tables share it.

``version (1 byte) | person (16) | nonce (12) | ciphertext | tag (16)``.
"""

from uuid import UUID

from core.domain.identifiers import PersonId
from ports.encryption import Tampered

VERSION = 1
HEAD = 1 + 16


def person_in(sealed: bytes) -> PersonId:
    """Whose key opens it. Raises `Tampered` for another version."""
    if sealed[0] != VERSION:
        raise Tampered("version")
    return PersonId(UUID(bytes=bytes(sealed[1:HEAD])))
