"""Opens and refuses privacy requests."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.application.privacy.data_providers import DataProviders
from core.application.retries import retried, retrying
from core.domain.errors import AlreadyExists, RequestOpen
from core.domain.events import PrivacyRequestChanged
from core.domain.identifiers import RequestId
from core.domain.privacy.free_text import check_free_text
from core.domain.privacy.policy import Policy, WorkingDay
from core.domain.privacy.records import Subject
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind
from ports.clock import Clock, NewId, NewNumber, NewToken
from ports.privacy.requests import PrivacyUnitOfWork, PrivacyUnitsOfWork


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Open a privacy request of a person whose identity is verified.

    Idempotent: an open request of the same kind and person is returned instead, with the new
    corrections.

    Raises:
        RequestOpen: the open request is of another subject.
    """

    units: PrivacyUnitsOfWork
    data_providers: DataProviders
    policy: Policy
    is_working_day: WorkingDay
    now: Clock
    new_id: NewId
    new_number: NewNumber
    new_token: NewToken

    @retried
    async def __call__(
        self,
        kind: RequestKind,
        subject: Subject,
        verified_by: str,
        *,
        applicant: Applicant = Applicant.SELF,
        corrections: Mapping[str, str] | None = None,
    ) -> PrivacyRequest:
        check_free_text("verified_by", verified_by)
        resolved, _ = await self.data_providers.resolve(subject)
        now, salt = self.now(), self.new_token()
        rule = kind if applicant is Applicant.SELF else applicant
        due_at, article = self.policy.due(rule, now, self.is_working_day)
        request = PrivacyRequest(
            id=RequestId(self.new_id()),
            number=self.new_number(),
            kind=kind,
            received_at=now,
            due_at=due_at,
            article=article,
            subject=resolved,
            subject_hash="",
            salt=salt,
            applicant=applicant,
            corrections=corrections or {},
        )
        request.subject_hash = hashlib.sha256(f"{salt}{request.claims[0]}".encode()).hexdigest()
        request.verify_identity(verified_by)
        try:
            async with self.units() as unit:
                await save(unit, request, now)
                await unit.commit()
        except AlreadyExists:
            return await self._existing(request)
        return request

    @retried
    async def _existing(self, request: PrivacyRequest) -> PrivacyRequest:
        async with self.units() as unit:
            existing = await unit.privacy.find_open(request)
            if existing is None or not _has_same_subject(existing, request):
                raise RequestOpen
            if existing.corrections != request.corrections:
                existing.corrections = request.corrections
                await save(unit, existing, self.now())
                await unit.commit()
        return existing


@dataclass(frozen=True, slots=True)
class RefuseRequest:
    """Refuse a request with a reason. A frozen account can log in again."""

    units: PrivacyUnitsOfWork
    now: Clock

    async def __call__(self, number: str, reason: str) -> None:
        check_free_text("reason", reason)

        async def refuse() -> None:
            async with self.units() as unit:
                request = await unit.privacy.get_for_update(number)
                request.refuse(reason, self.now())
                await save(unit, request, self.now())
                if request.kind is RequestKind.ERASURE:
                    await unit.privacy.unfreeze(sorted(request.subject.customers))
                await unit.privacy.forget_subject(request.id)
                await unit.commit()

        await retrying(refuse)


async def save(unit: PrivacyUnitOfWork, request: PrivacyRequest, now: datetime) -> None:
    """Save the request with its `PrivacyRequestChanged` event."""
    await unit.privacy.save(request)
    unit.add_event(PrivacyRequestChanged(request_id=request.id, at=now))


def _has_same_subject(existing: PrivacyRequest, repeated: PrivacyRequest) -> bool:
    """An erasure may be requested again after its account is erased: then contacts decide."""
    before, after = existing.subject, repeated.subject
    if existing.kind is RequestKind.ERASURE and not after.customers:
        return before.contacts == after.contacts
    return before == after
