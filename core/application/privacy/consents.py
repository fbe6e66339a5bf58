"""Shows, gives and withdraws consents."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from core.application.retries import retried
from core.domain.errors import NotFound
from core.domain.events import EmailVerificationRequested
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import MARKETING, Channel, Consent
from core.domain.privacy.policy import Policy, Purpose
from ports.clock import Clock
from ports.privacy.consents import ConsentQueries
from ports.sessions import AccountQueries
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class Notice:
    """The current privacy notice. ``text_hash`` hashes the text of a purpose in a language."""

    policy: Policy
    text_hash: Callable[[str, str], str]
    now: Clock

    def consent(self, purpose: str, *, given: bool, language: str, channel: Channel) -> Consent:
        return Consent(
            purpose=purpose,
            given=given,
            at=self.now(),
            notice_version=self.policy.version,
            text_hash=self.text_hash(purpose, language),
            language=language,
            channel=channel,
        )

    def is_valid(self, consent: Consent | None) -> bool:
        """Whether it is given, and the text of the notice has not changed since."""
        return consent is not None and consent.is_current(
            self.text_hash(consent.purpose, consent.language)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``lapsed``: it was given, but the text of the notice has changed since."""

    purpose: Purpose
    given: bool
    lapsed: bool


@dataclass(frozen=True, slots=True)
class ShowConsents:
    """Show the purposes that need consent, with the member's choices."""

    consent_queries: ConsentQueries
    account_queries: AccountQueries
    notice: Notice

    async def __call__(self, customer_id: CustomerId) -> tuple[Choice, ...]:
        latest = await self.consent_queries.latest(customer_id)
        return tuple(
            Choice(
                purpose=purpose,
                given=self.notice.is_valid(consent),
                lapsed=consent is not None and consent.given and not self.notice.is_valid(consent),
            )
            for purpose in self.notice.policy.consents
            for consent in (latest.get(purpose.code),)
        )

    async def given(self, customer_id: CustomerId, purpose: str) -> bool:
        """Whether the purpose has a valid consent, and the account is not restricted."""
        if not self.notice.is_valid((await self.consent_queries.latest(customer_id)).get(purpose)):
            return False
        return not await self.account_queries.is_restricted(customer_id)


@dataclass(frozen=True, slots=True)
class ListAudience:
    """List the log-ins of the members with a valid consent for a purpose.

    Members with an unverified log-in, a restriction or an erasure are left out.
    """

    consent_queries: ConsentQueries
    account_queries: AccountQueries
    notice: Notice

    async def __call__(self, purpose: str) -> AsyncIterator[str]:
        async for page in self.consent_queries.agreed(purpose):
            customers = [customer for customer, consent in page if self.notice.is_valid(consent)]
            for login in await self.account_queries.reachable(customers):
                yield login


@dataclass(frozen=True, slots=True)
class DecideConsent:
    """Give or withdraw a consent. Idempotent while the text of the notice stays the same.

    Raises:
        NotFound: the purpose needs no consent.
    """

    units: UnitsOfWork
    notice: Notice

    @retried
    async def __call__(
        self, customer_id: CustomerId, purpose: str, *, given: bool, language: str, channel: Channel
    ) -> None:
        if purpose not in {each.code for each in self.notice.policy.consents}:
            raise NotFound("purpose", purpose)
        consent = self.notice.consent(purpose, given=given, language=language, channel=channel)
        async with self.units() as unit:
            latest = (await unit.consents.latest(customer_id)).get(purpose)
            if latest is not None and replace(latest, at=consent.at, channel=channel) == consent:
                return
            await unit.consents.record(customer_id, [consent])
            if given and purpose == MARKETING:
                unit.add_event(EmailVerificationRequested(customer_id=customer_id, at=consent.at))
            await unit.commit()
