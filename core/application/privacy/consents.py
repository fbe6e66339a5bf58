"""What people agree to, and what they take back."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

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
    """The privacy notice of today. ``text_hash`` is of a purpose's words in a language."""

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

    def is_held(self, consent: Consent | None) -> bool:
        """Whether it was given, to what the notice says now."""
        return consent is not None and consent.is_current(
            self.text_hash(consent.purpose, consent.language)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``lapsed``: it was given, but the notice says something else now."""

    purpose: Purpose
    given: bool
    lapsed: bool


@dataclass(frozen=True, slots=True)
class ShowConsents:
    """What a member can agree to, and what they have agreed to."""

    consent_queries: ConsentQueries
    account_queries: AccountQueries
    notice: Notice

    async def __call__(self, customer_id: CustomerId) -> tuple[Choice, ...]:
        latest = await self.consent_queries.latest(customer_id)
        return tuple(
            Choice(
                purpose=purpose,
                given=self.notice.is_held(known),
                lapsed=known is not None and known.given and not self.notice.is_held(known),
            )
            for purpose in self.notice.policy.consents
            for known in (latest.get(purpose.code),)
        )

    async def given(self, customer_id: CustomerId, purpose: str) -> bool:
        """Whether their data may be used so."""
        if not self.notice.is_held((await self.consent_queries.latest(customer_id)).get(purpose)):
            return False
        return not await self.account_queries.is_restricted(customer_id)


@dataclass(frozen=True, slots=True)
class ListAudience:
    """Log-ins of members who agree to a purpose, in the words that the notice has now.

    Nobody is written to whose log-in is not proven, or whose data is restricted or erased.
    """

    consent_queries: ConsentQueries
    account_queries: AccountQueries
    notice: Notice

    async def __call__(self, purpose: str) -> AsyncIterator[str]:
        async for page in self.consent_queries.agreed(purpose):
            held = [customer for customer, consent in page if self.notice.is_held(consent)]
            for login in await self.account_queries.reachable(held):
                yield login


@dataclass(frozen=True, slots=True)
class DecideConsent:
    """Give a consent or take it back: both are one step. Raises `NotFound`.

    Saying the same again, in the same words, adds nothing to the ledger.
    """

    units: UnitsOfWork
    notice: Notice

    async def __call__(
        self, customer_id: CustomerId, purpose: str, *, given: bool, language: str, channel: Channel
    ) -> None:
        if purpose not in {each.code for each in self.notice.policy.consents}:
            raise NotFound("purpose", purpose)
        said = self.notice.consent(purpose, given=given, language=language, channel=channel)
        async with self.units() as unit:
            known = (await unit.consents.latest(customer_id)).get(purpose)
            if known is not None and replace(known, at=said.at, channel=channel) == said:
                return
            await unit.consents.record(customer_id, [said])
            if given and purpose == MARKETING:
                unit.add_event(EmailVerificationRequested(customer_id=customer_id, at=said.at))
            await unit.commit()
