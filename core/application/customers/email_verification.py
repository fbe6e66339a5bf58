"""Verifies that the email address of a log-in belongs to the member."""

from dataclasses import dataclass

from core.application.notifications.link_emails import Fingerprint
from core.application.retries import retried, retrying
from core.application.tokens import hash_token
from core.domain.errors import LinkExpired
from core.domain.events import EmailVerificationRequested
from core.domain.identifiers import CustomerId
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork


@dataclass(frozen=True, slots=True)
class RequestEmailVerification:
    """Request an email with a verification link for a member."""

    units: PrivacyUnitsOfWork
    now: Clock

    @retried
    async def __call__(self, customer_id: CustomerId) -> None:
        async with self.units() as unit:
            unit.add_event(EmailVerificationRequested(customer_id=customer_id, at=self.now()))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class VerifyEmail:
    """Mark a member's log-in as verified, by the token of the emailed link.

    One transaction uses the link and marks the log-in.

    Raises:
        LinkExpired: the link is used, expired, of another member, or sent to another log-in.
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
