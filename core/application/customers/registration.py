"""Registers members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.application.accounts.guessing import LimitGuesses
from core.application.accounts.log_in import OpenedSession, OpenSession
from core.application.accounts.passwords import CheckPassword, HashNewPassword
from core.application.carts.ownership import CartOwner
from core.application.customers.sessions import LogIn, MergeCart
from core.application.notifications.link_emails import Fingerprint
from core.application.privacy.consents import Notice
from core.application.privacy.erasure import DestroyKeys
from core.application.retries import retried, retrying
from core.application.tokens import hash_token
from core.domain.accounts import Account, AccountKind, BadCredentials, BeingErased, Caller
from core.domain.customers import Customer, LoginState
from core.domain.errors import AlreadyExists, Invalid, LinkExpired
from core.domain.events import EmailVerificationRequested, LoginReleased, RegistrationRequested
from core.domain.identifiers import CustomerId, DataKeyId
from core.domain.privacy.consent import MARKETING, Channel, Consent
from ports.accounts import AccountLink, AccountUnitOfWork, AccountUnitsOfWork, LinkPurpose
from ports.clock import Clock, NewId
from ports.notifications import Mailer
from ports.unit_of_work import UnitsOfWork

PENDING_LIFETIME = timedelta(hours=24)
"""How long a registration waits for the proof of its address, with some links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """``login`` is a normalised email address or an E.164 mobile number.

    ``old_enough``: the person confirms to have the age of consent.
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
    """Create an account, and record the consents in the same transaction.

    If the shop sends email, a registration with an email address is pending until a link proves
    the address (`FinishRegistration`). The log-in is not looked up, so the result does not tell
    whether the address has an account. Otherwise the account can be used at once.

    Raises:
        Invalid: the password is too weak, or the person is too young.
        AlreadyExists: the log-in is taken; only if no proof is needed.
    """

    units: UnitsOfWork
    hash_new_password: HashNewPassword
    mailer: Mailer | None
    notice: Notice
    now: Clock
    new_id: NewId

    def needs_proof(self, login: str) -> bool:
        return self.mailer is not None and "@" in login

    @retried
    async def __call__(self, registration: Registration) -> CustomerId:
        if not registration.old_enough:
            raise Invalid(
                "old_enough",
                "You must be {age} or older to register. Otherwise ask a parent or guardian.",
                age=self.notice.policy.age_of_consent,
            )
        pending = self.needs_proof(registration.login)
        customer = Customer(
            id=CustomerId(self.new_id()),
            login=registration.login,
            password_hash=await self.hash_new_password(
                registration.password, [registration.login, registration.name]
            ),
            name=registration.name,
            language=registration.language,
            registered_at=self.now(),
            login_state=LoginState.PENDING if pending else LoginState.ACTIVE,
        )
        if not pending:
            customer.registered()
        async with self.units() as unit:
            await unit.customers.save(customer)
            await unit.consents.record(customer.id, self._consents(registration))
            if pending:
                unit.add_event(RegistrationRequested(customer_id=customer.id, at=self.now()))
            elif registration.marketing:
                unit.add_event(EmailVerificationRequested(customer_id=customer.id, at=self.now()))
            await unit.commit()
        return customer.id

    def _consents(self, registration: Registration) -> list[Consent]:
        purposes = ["account", "age", *([MARKETING] if registration.marketing else [])]
        return [
            self.notice.consent(
                each, given=True, language=registration.language, channel=registration.channel
            )
            for each in purposes
        ]


@dataclass(frozen=True, slots=True)
class RegisterAndLogIn:
    """Create an account, and start a session.

    Returns None if the address must be proved first; a link is sent to it. Two concurrent
    requests of one person create one account: the second logs in with the same password.

    Raises:
        AlreadyExists: the log-in is taken, and the password is another one.
        TooManyAttempts: the caller must wait.
    """

    register_member: RegisterMember
    log_in: LogIn
    limit_guesses: LimitGuesses

    async def __call__(
        self, registration: Registration, guest: CartOwner, caller: Caller
    ) -> OpenedSession | None:
        await self.limit_guesses.count_address(caller)
        login, password = registration.login, registration.password
        try:
            await self.register_member(registration)
        except AlreadyExists as taken:
            try:
                return await self.log_in(login, password, guest, caller)
            except (BadCredentials, BeingErased):
                raise taken from None
        if self.register_member.needs_proof(login):
            return None
        return await self.log_in(login, password, guest, caller)


@dataclass(frozen=True, slots=True)
class FinishRegistration:
    """Turn a pending registration into an account, by the token of the emailed link.

    The password must be given again: who reads the email and did not register does not know it,
    so no person gets an account with a password that a stranger chose. An account that has the
    log-in without proof loses it.

    Raises:
        LinkExpired: the link was used or has expired, or the address was proved before.
        BadCredentials: the password is not the one of the registration; the link stays valid.
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    check_password: CheckPassword
    open_session: OpenSession
    merge_cart: MergeCart
    limit_guesses: LimitGuesses
    fingerprint: Fingerprint
    now: Clock

    async def find(self, token: str, caller: Caller) -> AccountLink:
        """The link of a token; it stays valid."""
        async with self.units() as unit:
            link = await unit.account_links.find(
                LinkPurpose.REGISTRATION, hash_token(token), self.now()
            )
        if link is None:
            await self.limit_guesses.count_address(caller)
            raise LinkExpired
        return link

    async def __call__(
        self, token: str, password: str, guest: CartOwner, caller: Caller
    ) -> OpenedSession:
        link = await self.find(token, caller)
        found = await self.check_password.of(link.account, password, caller)

        async def finish() -> OpenedSession:
            async with self.units() as unit:
                if not await unit.account_links.use(link.token_hash, self.now()):
                    raise LinkExpired
                await self._activate(unit, CustomerId(link.account.id))
                opened = await self.open_session(unit, found, caller)
                await self.merge_cart(unit, CustomerId(link.account.id), guest)
                await unit.commit()
            return opened

        try:
            return await retrying(finish)
        except AlreadyExists as error:
            raise LinkExpired from error

    async def _activate(self, unit: AccountUnitOfWork, customer_id: CustomerId) -> None:
        customer = await unit.customers.get(customer_id)
        if customer.login_state is not LoginState.PENDING:
            raise LinkExpired
        holder = await unit.customers.find(customer.login)
        if holder is not None:
            if holder.login_verified:
                raise LinkExpired
            holder.release_login()
            await unit.customers.save(holder)
            await unit.sessions.end_all(Account(AccountKind.CUSTOMER, holder.id))
            unit.add_event(LoginReleased(customer_id=holder.id, at=self.now()))
        customer.prove_login(self.now())
        await unit.customers.save(customer)


@dataclass(frozen=True, slots=True)
class PurgeRegistrations:
    """Delete registrations whose address was not proved in time. Returns their number."""

    units: UnitsOfWork
    destroy_keys: DestroyKeys
    now: Clock

    async def __call__(self) -> int:
        data_key_ids = await self._purge()
        await self.destroy_keys(data_key_ids, self.now())
        return len(data_key_ids)

    @retried
    async def _purge(self) -> Sequence[DataKeyId]:
        async with self.units() as unit:
            data_key_ids = await unit.customers.purge_pending(self.now() - PENDING_LIFETIME)
            await unit.commit()
        return data_key_ids
