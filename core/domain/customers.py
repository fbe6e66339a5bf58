"""Customers with an account, and their address book."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.address import Address
from core.domain.errors import Invalid, NotFound
from core.domain.events import CustomerRegistered, Event
from core.domain.identifiers import AddressId, CustomerId, DataKeyId

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")


MOBILE = re.compile(r"\+[1-9][0-9]{6,14}")


EMAIL_LENGTH = 254


SHORTEST_PASSWORD = 8


LONGEST_PASSWORD = 128


MOST_ADDRESSES = 20


NAME_LENGTH = 60


def check_password(password: str) -> None:
    """Length alone, as NIST SP 800-63B advises: 8 to 128 characters of any kind."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            "password",
            "The password must have {least} to {most} characters.",
            least=SHORTEST_PASSWORD,
            most=LONGEST_PASSWORD,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBookEntry:
    id: AddressId
    address: Address


@dataclass(slots=True, eq=False, kw_only=True)
class Customer:
    """``login`` is a normalised e-mail or an E.164 mobile number; one customer a login.

    ``person`` is whose key seals what is personal; storage gives one to whoever has none.
    ``login_verified``: the member has shown that the log-in is theirs. A new one is not.
    ``frozen`` while an erasure is under way: nobody logs in. ``restricted``: their data is kept,
    and used for what they ordered alone.
    The first entry of the address book is the one that a checkout proposes.
    """

    id: CustomerId
    login: str
    password_hash: str
    name: str
    language: str
    registered_at: datetime
    addresses: tuple[AddressBookEntry, ...] = ()
    data_key_id: DataKeyId | None = None
    login_verified: bool = False
    frozen: bool = False
    restricted: bool = False
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._check()

    def correct(self, corrections: Mapping[str, str]) -> None:
        """Put the name or the log-in right. Raises `Invalid`."""
        self.name = corrections.get("name", self.name)
        login = corrections.get("login", self.login)
        self.login_verified = self.login_verified and login == self.login
        self.login = login
        self._check()

    def _check(self) -> None:
        mail = EMAIL.fullmatch(self.login) and len(self.login) <= EMAIL_LENGTH
        if not mail and not MOBILE.fullmatch(self.login):
            raise Invalid("login", "Enter an email address or a mobile number.")
        if not 1 <= len(self.name.strip()) <= NAME_LENGTH:
            raise Invalid("name", "Enter a name of at most {most} characters.", most=NAME_LENGTH)

    def registered(self) -> None:
        self.events.append(CustomerRegistered(customer_id=self.id, at=self.registered_at))

    def save_address(self, entry: AddressBookEntry) -> None:
        """Put a new entry first, or change one where it stands."""
        if any(known.id == entry.id for known in self.addresses):
            self.addresses = tuple(
                entry if known.id == entry.id else known for known in self.addresses
            )
        elif len(self.addresses) >= MOST_ADDRESSES:
            raise Invalid("address", "You can save at most {most} addresses.", most=MOST_ADDRESSES)
        else:
            self.addresses = (entry, *self.addresses)

    def prefer_address(self, address_id: AddressId) -> None:
        entry = self.address(address_id)
        self.addresses = (entry, *(known for known in self.addresses if known is not entry))

    def drop_address(self, address_id: AddressId) -> None:
        entry = self.address(address_id)
        self.addresses = tuple(known for known in self.addresses if known is not entry)

    def address(self, address_id: AddressId) -> AddressBookEntry:
        for entry in self.addresses:
            if entry.id == address_id:
                return entry
        raise NotFound("address", address_id)
