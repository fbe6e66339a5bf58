"""Members: customers with an account and an address book."""

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
MAX_EMAIL_LENGTH = 254
MAX_NAME_LENGTH = 60
MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 128
MAX_ADDRESSES = 20


def check_password(password: str) -> None:
    """Check only the length: 8 to 128 characters of any kind (NIST SP 800-63B).

    Raises `Invalid`.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise Invalid(
            "password",
            "The password must have {least} to {most} characters.",
            least=MIN_PASSWORD_LENGTH,
            most=MAX_PASSWORD_LENGTH,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBookEntry:
    id: AddressId
    address: Address


@dataclass(slots=True, eq=False, kw_only=True)
class Customer:
    """``login`` is a normalised email address or an E.164 mobile number, unique per customer.

    ``data_key_id`` is the data key that encrypts the personal data; the repository creates one
    if it is None. ``login_verified``: the member proved access to the address or number.
    ``frozen``: an erasure is in progress and log-ins are blocked. ``restricted``: the data is
    used only for existing orders. The first entry of ``addresses`` is the default address.
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
        self._validate()

    def correct(self, corrections: Mapping[str, str]) -> None:
        """Correct ``name`` or ``login``. A new log-in is unverified. Raises `Invalid`."""
        self.name = corrections.get("name", self.name)
        login = corrections.get("login", self.login)
        self.login_verified = self.login_verified and login == self.login
        self.login = login
        self._validate()

    def _validate(self) -> None:
        mail = EMAIL.fullmatch(self.login) and len(self.login) <= MAX_EMAIL_LENGTH
        if not mail and not MOBILE.fullmatch(self.login):
            raise Invalid("login", "Enter an email address or a mobile number.")
        if not 1 <= len(self.name.strip()) <= MAX_NAME_LENGTH:
            raise Invalid(
                "name", "Enter a name of at most {most} characters.", most=MAX_NAME_LENGTH
            )

    def registered(self) -> None:
        self.events.append(CustomerRegistered(customer_id=self.id, at=self.registered_at))

    def save_address(self, entry: AddressBookEntry) -> None:
        """Insert a new entry first, or replace the entry with the same id in place."""
        if any(saved.id == entry.id for saved in self.addresses):
            self.addresses = tuple(
                entry if saved.id == entry.id else saved for saved in self.addresses
            )
        elif len(self.addresses) >= MAX_ADDRESSES:
            raise Invalid("address", "You can save at most {most} addresses.", most=MAX_ADDRESSES)
        else:
            self.addresses = (entry, *self.addresses)

    def prefer_address(self, address_id: AddressId) -> None:
        entry = self.address(address_id)
        self.addresses = (entry, *(saved for saved in self.addresses if saved is not entry))

    def drop_address(self, address_id: AddressId) -> None:
        entry = self.address(address_id)
        self.addresses = tuple(saved for saved in self.addresses if saved is not entry)

    def address(self, address_id: AddressId) -> AddressBookEntry:
        for entry in self.addresses:
            if entry.id == address_id:
                return entry
        raise NotFound("address", address_id)
