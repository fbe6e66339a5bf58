"""Accounts: the log-ins of members and of staff."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.domain.errors import DomainError


class AccountKind(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a member or of a staff member. As text it is the actor of the audit log.

    >>> str(Account(AccountKind.STAFF, UUID(int=1)))
    'staff:00000000-0000-0000-0000-000000000001'
    """

    kind: AccountKind
    id: UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Account":
        """The inverse of `str`."""
        kind, _, number = text.partition(":")
        return cls(AccountKind(kind), UUID(number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Where an attempt to log in comes from.

    ``address`` is the client's network address. ``device`` describes the program for the list of
    sessions, such as “Firefox, Windows”. ``known_device`` is the token that the last log-in on
    this device returned.
    """

    address: str = "local"
    device: str = ""
    known_device: str = ""


LOCAL = Caller()
"""A call inside this process, such as the command line."""


class BadCredentials(DomainError):
    """The log-in or the password is wrong."""

    code = "bad_credentials"
    template = "The email, mobile number or password is wrong. Try again."


class WrongCode(DomainError):
    """The one-time code or recovery code is wrong."""

    code = "wrong_code"
    template = "The code is wrong or was used before. Enter the newest code."


class TooManyAttempts(DomainError):
    """``seconds`` is how long to wait."""

    code = "too_many_attempts"
    template = "Too many attempts. Wait {seconds} seconds and try again."

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(seconds=seconds)


class BeingErased(DomainError):
    """An erasure of the account is in progress."""

    code = "being_erased"
    template = "This account is being deleted. Contact us if you did not request this."
