"""Password hashes by Argon2id, with argon2-cffi's parameters from RFC 9106."""

import asyncio
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


class Argon2Passwords:
    """Computes at most two hashes concurrently: each needs 64 MiB."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(2)

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str) -> bool:
        async with self._slots:
            same = await asyncio.to_thread(
                self._verify, password, password_hash or self._unknown_account
            )
        return same and bool(password_hash)

    # Verified for unknown accounts, so that the response time is the same as for known ones.
    @cached_property
    def _unknown_account(self) -> str:
        return self._hasher.hash("unknown account")

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
