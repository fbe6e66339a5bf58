"""A key-management service in memory. It encrypts keyrings with a key of its own."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from entrepot import Rejected, Unavailable

NONCE_BYTES = 12


class KeyService:
    code = "key-service"

    def __init__(self) -> None:
        self._key = AESGCM(AESGCM.generate_key(256))
        self.available = True

    def lock(self, keyring: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._key.encrypt(nonce, keyring, None)

    def unlock(self, locked: bytes) -> bytes:
        if not self.available:
            raise Unavailable
        try:
            return self._key.decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], None)
        except InvalidTag as error:
            raise Rejected("this was not locked here") from error
