"""What people agree to, and what they take back."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from core.domain.errors import NotFound
from core.domain.events import MemberAskedForProof
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import MARKETING, Channel, Consent
from core.domain.privacy.policy import Policy, Purpose
from ports.clock import Clock
from ports.storage.consents import ConsentLedger
from ports.storage.ledgers import Register
from ports.storage.units import UnitsOfWork


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
        return consent is not None and consent.holds(
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

    ledger: ConsentLedger
    register: Register
    notice: Notice

    async def __call__(self, customer_id: CustomerId) -> tuple[Choice, ...]:
        latest = await self.ledger.latest(customer_id)
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
        if not self.notice.is_held((await self.ledger.latest(customer_id)).get(purpose)):
            return False
        return not await self.register.is_restricted(customer_id)


@dataclass(frozen=True, slots=True)
class ListAudience:
    """Log-ins of members who agree to a purpose, in the words that the notice has now.

    Nobody is written to whose log-in is not proven, or whose data is restricted or erased.
    """

    ledger: ConsentLedger
    register: Register
    notice: Notice

    async def __call__(self, purpose: str) -> AsyncIterator[str]:
        async for page in self.ledger.agreed(purpose):
            held = [customer for customer, consent in page if self.notice.is_held(consent)]
            for login in await self.register.reachable(held):
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
                unit.tell(MemberAskedForProof(customer_id=customer_id, at=said.at))
            await unit.commit()
