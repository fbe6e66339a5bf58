"""Credentials of members and staff: passwords, second factors, links and guessing limits."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.domain.accounts import Account, AccountKind
from core.domain.guesses import GuessCount
from ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a log-in needs: nothing is decrypted, so a known account takes no longer.

    ``blocked``: a disabled staff member, or a member whose erasure is in progress.
    """

    account: Account
    password_hash: str
    login_verified: bool
    blocked: bool
    second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHolder:
    """The person of an account. ``language`` is empty for staff."""

    credentials: Credentials
    login: str
    name: str
    language: str

    @property
    def names(self) -> tuple[str, str]:
        return (self.login, self.name)


class CredentialQueries(Protocol):
    async def by_login(self, kind: AccountKind, login: str) -> Credentials | None: ...

    async def of(self, account: Account) -> Credentials:
        """Raises `NotFound`."""

    async def holder(self, account: Account) -> AccountHolder:
        """Raises `NotFound`."""


class Accounts(Protocol):
    """The credentials of members and staff."""

    async def lock(self, account: Account) -> Credentials:
        """Load with a row lock: a concurrent change of the password blocks until this unit ends.

        Raises `NotFound`.
        """

    async def replace_password(self, account: Account, old_hash: str, new_hash: str) -> bool:
        """False if the hash is not ``old_hash`` any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """A secret for one-time codes (RFC 6238). Until ``confirmed``, no log-in needs it."""

    secret: bytes
    confirmed: bool


class SecondFactors(Protocol):
    async def find(self, account: Account) -> SecondFactor | None: ...

    async def propose(self, account: Account, secret: bytes) -> bool:
        """Store an unconfirmed secret, in place of an earlier one. False if one is confirmed."""

    async def confirm(self, account: Account, step: int, code_hashes: Iterable[str]) -> bool:
        """Confirm the secret, and store hashes of recovery codes. True for one caller."""

    async def use_step(self, account: Account, step: int) -> bool:
        """Use the code of a time step. False if this step or a later one was used before."""

    async def use_recovery_code(self, account: Account, code_hash: str) -> bool:
        """Delete a recovery code. True for exactly one caller."""

    async def replace_recovery_codes(
        self, account: Account, code_hashes: Iterable[str]
    ) -> None: ...

    async def remove(self, account: Account) -> bool:
        """Delete the secret and the recovery codes. False if there was no secret."""


class LinkPurpose(StrEnum):
    RESET = "reset"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """A single-use link in an email. ``login`` is a keyed hash of the address that received it.

    ``event_id`` is the event that requested it.
    """

    token_hash: str
    event_id: UUID
    purpose: LinkPurpose
    account: Account
    login: bytes
    expires_at: datetime


class AccountLinks(Protocol):
    async def add(self, link: AccountLink) -> None:
        """Store a link in place of an earlier one of the same event."""

    async def find(
        self, purpose: LinkPurpose, token_hash: str, now: datetime
    ) -> AccountLink | None:
        """None if the link was used or has expired."""

    async def count_others(self, link: AccountLink, now: datetime) -> int:
        """Valid links of the same purpose to the same address, without those of this event."""

    async def use(self, token_hash: str, now: datetime) -> bool:
        """Delete the link. True for exactly one caller."""

    async def remove_all(self, account: Account) -> None: ...

    async def purge(self, now: datetime) -> int:
        """Delete expired links. Returns their number."""


class Guesses(Protocol):
    async def lock(
        self, accounts: Mapping[bytes, UUID | None], now: datetime
    ) -> Sequence[GuessCount]:
        """The counts of these keys in their order, with row locks until this unit ends.

        ``accounts`` has the account to which a key leads. A new count begins with zero.
        """

    async def save(self, counts: Sequence[GuessCount]) -> None: ...

    async def purge(self, before: datetime, succeeded_before: datetime) -> int:
        """Delete counts without an attempt and without a success since. Returns their number."""


class AccountUnitOfWork(UnitOfWork, Protocol):
    """The repositories of accounts, in one transaction with all others."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def second_factors(self) -> SecondFactors: ...
    @property
    def account_links(self) -> AccountLinks: ...
    @property
    def guesses(self) -> Guesses: ...


class AccountUnitsOfWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[AccountUnitOfWork]:
        """Open a unit. It rolls back if it ends without `UnitOfWork.commit`."""
