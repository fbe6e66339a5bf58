"""Registers members."""

from dataclasses import dataclass

from core.application.privacy.consents import Notice
from core.domain.customers import Customer, check_password
from core.domain.errors import Invalid
from core.domain.events import EmailVerificationRequested
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import MARKETING, Channel, Consent
from ports.clock import Clock, NewId
from ports.security import Passwords
from ports.unit_of_work import UnitsOfWork


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

    Raises:
        Invalid: the password is too weak, or the person is too young.
        AlreadyExists: the log-in is taken.
    """

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
            await unit.consents.record(customer.id, self._consents(registration))
            if registration.marketing:
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
