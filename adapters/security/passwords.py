"""Password hashes by Argon2id, with argon2-cffi's parameters from RFC 9106."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from core.domain.passwords import normal_password


class Argon2Passwords:
    """Computes at most two hashes concurrently: each needs 64 MiB.

    Argon2 reads a password whole, up to 4 GiB; nothing is cut (RFC 9106, 3.1).
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(2)

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, normal_password(password))

    async def verify(self, password: str, password_hash: str) -> bool:
        async with self._slots:
            return await asyncio.to_thread(self._verify, normal_password(password), password_hash)

    def _verify(self, password: str, password_hash: str) -> bool:
        if not password_hash:
            # An unknown account costs one hash with the same parameters as a known one.
            self._hasher.hash(password)
            return False
        try:
            return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
