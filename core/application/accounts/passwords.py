"""Checks passwords, and hashes new ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.accounts.guessing import LimitGuesses
from core.domain.accounts import Account, AccountKind, BadCredentials, Caller
from core.domain.errors import Invalid
from core.domain.passwords import check_password
from ports.accounts import CredentialQueries, Credentials
from ports.security import CommonPasswords, Passwords

FACE = "password"


@dataclass(frozen=True, slots=True)
class HashNewPassword:
    """Check a new password, and hash it. Every password of an account comes from here.

    Raises:
        Invalid: the length is wrong, it is a name of the account, or others guess it first.
    """

    passwords: Passwords
    is_common: CommonPasswords

    async def __call__(self, password: str, names: Sequence[str]) -> str:
        check_password(password, names)
        if self.is_common(password):
            raise Invalid("password", "Many people use this password. Choose another one.")
        return await self.passwords.hash(password)


@dataclass(frozen=True, slots=True)
class CheckPassword:
    """Compare a password, within the guessing limits.

    Raises:
        BadCredentials: after the same work whether the log-in exists or not.
        TooManyAttempts: the caller must wait.
    """

    credentials: CredentialQueries
    passwords: Passwords
    limit_guesses: LimitGuesses

    async def by_login(
        self, kind: AccountKind, login: str, password: str, caller: Caller
    ) -> Credentials:
        found = await self.credentials.by_login(kind, login)
        # During an erasure, no new row may lead to the person.
        account = found.account if found and not found.blocked else None
        subject = str(account or f"{kind} {login}")
        async with self.limit_guesses.attempt(FACE, subject, caller, account):
            # Without an account, an empty hash is verified: both cases take the same time.
            password_hash = found.password_hash if found else ""
            if not await self.passwords.verify(password, password_hash) or found is None:
                raise BadCredentials
        return found

    async def of(self, account: Account, password: str, caller: Caller) -> Credentials:
        found = await self.credentials.of(account)
        async with self.limit_guesses.attempt(FACE, str(account), caller, account):
            if not await self.passwords.verify(password, found.password_hash):
                raise BadCredentials
        return found
