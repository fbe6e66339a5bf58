"""Members: customers with an account and an address book."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.address import Address
from core.domain.errors import Invalid, NotFound
from core.domain.events import CustomerRegistered, Event
from core.domain.fields.declared import FieldValues
from core.domain.identifiers import AddressId, CustomerId, DataKeyId, check_slug
from core.domain.text import composed, is_one_line

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
MOBILE = re.compile(r"\+[1-9][0-9]{6,14}")
MAX_EMAIL_LENGTH = 254
MAX_NAME_LENGTH = 60
MAX_ADDRESSES = 20
MAX_GROUPS = 20


class LoginState(StrEnum):
    """``pending``: a registration waits until a link proves its address. It is no account yet.

    ``released``: the owner of the address proved it, so this account has no log-in any more.
    """

    PENDING = "pending"
    ACTIVE = "active"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBookEntry:
    id: AddressId
    address: Address


@dataclass(slots=True, eq=False, kw_only=True)
class Customer:
    """``login`` is a normalised email address or an E.164 mobile number, unique if it is active.

    ``data_key_id`` is the data key that encrypts the personal data; the repository creates one
    if it is None. ``login_verified``: the member proved access to the address or number.
    ``frozen``: an erasure is in progress and log-ins are blocked. ``restricted``: the data is
    used only for existing orders. ``groups`` are codes that price lists and promotions ask for,
    and that the member can see. The first entry of ``addresses`` is the default address.
    ``fields`` are the values of the fields of plugins, by their names.
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
    login_state: LoginState = LoginState.ACTIVE
    frozen: bool = False
    restricted: bool = False
    groups: frozenset[str] = frozenset()
    fields: FieldValues = field(default_factory=dict)
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._validate()

    def correct(self, corrections: Mapping[str, str]) -> None:
        """Correct ``name`` or ``login``. A new log-in is active, unverified. Raises `Invalid`."""
        self.name = corrections.get("name", self.name)
        login = corrections.get("login", self.login)
        self.login_verified = self.login_verified and login == self.login
        if login != self.login:
            self.login, self.login_state = login, LoginState.ACTIVE
        self._validate()

    def set_groups(self, groups: Iterable[str]) -> None:
        """Raises `Invalid`."""
        codes = frozenset(groups)
        if len(codes) > MAX_GROUPS:
            raise Invalid("groups", "Use at most {most} groups.", most=MAX_GROUPS)
        for code in codes:
            check_slug("groups", code)
        self.groups = codes

    def release_login(self) -> None:
        """Give up an unverified log-in: its owner proved the address."""
        assert not self.login_verified
        self.login_state = LoginState.RELEASED

    def prove_login(self, now: datetime) -> None:
        """A link proved the address: a pending registration becomes an account."""
        if self.login_state is LoginState.PENDING:
            self.registered_at = now
            self.registered()
        self.login_verified, self.login_state = True, LoginState.ACTIVE

    def _validate(self) -> None:
        mail = EMAIL.fullmatch(self.login) and len(self.login) <= MAX_EMAIL_LENGTH
        if not mail and not MOBILE.fullmatch(self.login):
            raise Invalid("login", "Enter an email address or a mobile number.")
        self.name = composed(self.name)
        if not 1 <= len(self.name) <= MAX_NAME_LENGTH:
            raise Invalid(
                "name", "Enter a name of at most {most} characters.", most=MAX_NAME_LENGTH
            )
        if not is_one_line(self.name):
            raise Invalid("name", "Remove the characters that cannot be printed.")

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
