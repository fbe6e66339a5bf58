"""Verifies that an e-mail address belongs to the member who signs in with it."""

from dataclasses import dataclass

from core.application.notifications import Fingerprint
from core.application.retries import retrying
from core.application.tokens import hash_token
from core.domain.errors import LinkExpired
from core.domain.events import EmailVerificationRequested
from core.domain.identifiers import CustomerId
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork


@dataclass(frozen=True, slots=True)
class RequestEmailVerification:
    """Have a link sent to a member's e-mail address."""

    units: PrivacyUnitsOfWork
    now: Clock

    async def __call__(self, customer_id: CustomerId) -> None:
        async with self.units() as unit:
            unit.add_event(EmailVerificationRequested(customer_id=customer_id, at=self.now()))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class VerifyEmail:
    """A member's log-in is theirs: they had the letter. Raises `LinkExpired`.

    The link is used up in the transaction that marks the log-in, which is the one that the letter
    went to, or is not marked.
    """

    units: PrivacyUnitsOfWork
    now: Clock
    fingerprint: Fingerprint

    async def __call__(self, customer_id: CustomerId, token: str) -> None:
        async def verify_email() -> None:
            async with self.units() as unit:
                link = await unit.data_links.find(hash_token(token), self.now())
                if link is None or link.customer_id != customer_id:
                    raise LinkExpired
                if not await unit.data_links.use(link.token_hash, self.now()):
                    raise LinkExpired
                customer = await unit.customers.get(customer_id)
                if self.fingerprint(customer.login) != link.login:
                    raise LinkExpired
                customer.login_verified = True
                await unit.customers.save(customer)
                await unit.commit()

        await retrying(verify_email)
