"""Members and colleagues: registering, logging in and out, and the address book."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.carts import CartOwner, find_cart, hash_token
from core.application.consents import Notice
from core.application.retrying import retrying
from core.domain.address import Address
from core.domain.customer import AddressBookEntry, Customer, Duty, Staff, check_password
from core.domain.errors import BadCredentials, BeingErased, Invalid
from core.domain.events import MemberAskedForProof, StaffActed
from core.domain.identifiers import AddressId, CustomerId, StaffId
from core.domain.privacy.consent import MARKETING, Channel, Consent
from ports.clock import Clock, NewId, NewToken
from ports.passwords import Passwords
from ports.storage.ledgers import Register
from ports.storage.people import Role, Session
from ports.storage.units import Unit, UnitsOfWork

MEMBER_STAYS = timedelta(days=30)
STAFF_STAYS = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """``login`` is a normalised e-mail or an E.164 mobile number.

    ``old_enough``: they say that they may agree by themselves, by the law of the shop.
    """

    login: str
    password: str
    name: str
    language: str
    old_enough: bool
    marketing: bool = False
    channel: Channel = Channel.WEB


@dataclass(frozen=True, slots=True)
class RegisterMember:
    """Become a member. What was agreed to is written down with it."""

    units: UnitsOfWork
    passwords: Passwords
    notice: Notice
    now: Clock
    new_id: NewId

    async def __call__(self, registration: Registration) -> CustomerId:
        check_password(registration.password)
        if not registration.old_enough:
            raise Invalid(
                "old_enough",
                "You must be {age} or older to register. Otherwise ask a parent or guardian.",
                age=self.notice.policy.age_of_consent,
            )
        customer = Customer(
            id=CustomerId(self.new_id()),
            login=registration.login,
            password_hash=await self.passwords.hash(registration.password),
            name=registration.name,
            language=registration.language,
            registered_at=self.now(),
        )
        customer.registered()
        async with self.units() as unit:
            await unit.customers.save(customer)
            await unit.consents.record(customer.id, self._agreed(registration))
            if registration.marketing:
                unit.tell(MemberAskedForProof(customer_id=customer.id, at=self.now()))
            await unit.commit()
        return customer.id

    def _agreed(self, registration: Registration) -> list[Consent]:
        purposes = ["account", "age", *([MARKETING] if registration.marketing else [])]
        return [
            self.notice.consent(
                each, given=True, language=registration.language, channel=registration.channel
            )
            for each in purposes
        ]


@dataclass(frozen=True, slots=True)
class LogIn:
    """Open a session for a member; the guest's cart becomes the member's.

    Raises `BadCredentials` in the same time and words whether the login exists or not.
    """

    units: UnitsOfWork
    register: Register
    passwords: Passwords
    now: Clock
    new_token: NewToken

    async def __call__(self, login: str, password: str, guest: CartOwner) -> str:
        customer = await self.register.find_customer(login)
        kept = customer.password_hash if customer else ""
        if not await self.passwords.verify(password, kept) or customer is None:
            raise BadCredentials
        if customer.frozen:
            raise BeingErased
        token = self.new_token()

        async def enter() -> None:
            async with self.units() as unit:
                await unit.sessions.add(
                    Session(
                        token_hash=hash_token(token),
                        role=Role.CUSTOMER,
                        person_id=customer.id,
                        expires_at=self.now() + MEMBER_STAYS,
                    )
                )
                await self._adopt(unit, customer.id, guest)
                await unit.commit()

        await retrying(enter)
        return token

    async def _adopt(self, unit: Unit, customer_id: CustomerId, guest: CartOwner) -> None:
        theirs = await find_cart(unit.carts, CartOwner(token=guest.token))
        if theirs is None or theirs.customer_id is not None:
            return
        mine = await unit.carts.find_of(customer_id)
        if mine is None:
            theirs.customer_id = customer_id
            theirs.token_hash = hash_token(self.new_token())
            await unit.carts.save(theirs)
            return
        mine.absorb(theirs)
        mine.updated_at = self.now()
        await unit.carts.remove(theirs)
        await unit.carts.save(mine)


@dataclass(frozen=True, slots=True)
class ConfirmPassword:
    """Make sure that it is the member who sits there. Raises `BadCredentials`."""

    register: Register
    passwords: Passwords

    async def __call__(self, customer_id: CustomerId, password: str) -> None:
        customer = await self.register.customer(customer_id)
        if not await self.passwords.verify(password, customer.password_hash):
            raise BadCredentials


@dataclass(frozen=True, slots=True)
class LogInStaff:
    """Open a session in the back office."""

    units: UnitsOfWork
    register: Register
    passwords: Passwords
    now: Clock
    new_token: NewToken

    async def __call__(self, login: str, password: str) -> str:
        found = await self.register.staff_credentials(login)
        kept = found[1] if found else ""
        if not await self.passwords.verify(password, kept) or found is None:
            raise BadCredentials
        token = self.new_token()
        async with self.units() as unit:
            await unit.sessions.add(
                Session(
                    token_hash=hash_token(token),
                    role=Role.STAFF,
                    person_id=found[0],
                    expires_at=self.now() + STAFF_STAYS,
                )
            )
            actor = f"staff:{found[0]}"
            unit.tell(StaffActed(actor=actor, action="log in", reference="", at=self.now()))
            await unit.commit()
        return token


@dataclass(frozen=True, slots=True)
class LogOut:
    """End a session; the token is worthless from then on."""

    units: UnitsOfWork

    async def __call__(self, token: str) -> None:
        async with self.units() as unit:
            await unit.sessions.remove(hash_token(token))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class ForgetSessions:
    """Drop the log-ins that have ended; how many."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            gone = await unit.sessions.purge(self.now())
            await unit.commit()
        return gone


@dataclass(frozen=True, slots=True)
class HireStaff:
    """Let somebody into the back office."""

    units: UnitsOfWork
    passwords: Passwords
    new_id: NewId

    async def __call__(
        self, login: str, password: str, name: str, duty: Duty = Duty.MANAGER
    ) -> StaffId:
        check_password(password)
        member = Staff(
            id=StaffId(self.new_id()),
            login=login,
            password_hash=await self.passwords.hash(password),
            name=name,
            duty=duty,
        )
        async with self.units() as unit:
            await unit.staff.save(member)
            await unit.commit()
        return member.id


@dataclass(frozen=True, slots=True)
class KeepAddress:
    """Add an address to the book, or change the one with this identifier."""

    units: UnitsOfWork
    new_id: NewId

    async def __call__(
        self, customer_id: CustomerId, address: Address, address_id: AddressId | None = None
    ) -> AddressId:
        entry = AddressBookEntry(id=address_id or AddressId(self.new_id()), address=address)

        async def keep() -> None:
            async with self.units() as unit:
                customer = await unit.customers.get(customer_id)
                if address_id is not None:
                    customer.address(address_id)
                customer.keep_address(entry)
                await unit.customers.save(customer)
                await unit.commit()

        await retrying(keep)
        return entry.id


@dataclass(frozen=True, slots=True)
class ArrangeAddresses:
    """Put an address first in the book, or take it out."""

    units: UnitsOfWork

    async def prefer(self, customer_id: CustomerId, address_id: AddressId) -> None:
        async with self.units() as unit:
            customer = await unit.customers.get(customer_id)
            customer.prefer_address(address_id)
            await unit.customers.save(customer)
            await unit.commit()

    async def drop(self, customer_id: CustomerId, address_id: AddressId) -> None:
        async with self.units() as unit:
            customer = await unit.customers.get(customer_id)
            customer.drop_address(address_id)
            await unit.customers.save(customer)
            await unit.commit()
