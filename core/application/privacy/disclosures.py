"""Disclosure requests: an auditor asks for a member's data, and a second person approves."""

from dataclasses import dataclass
from pathlib import Path

from core.application.privacy.bundles import WriteBundle
from core.application.privacy.data_providers import DataProviders
from core.application.retries import retried
from core.domain.errors import SecondPersonNeeded
from core.domain.events import DisclosureApproved, DisclosureRequested
from core.domain.identifiers import CustomerId, DisclosureId, RequestId
from core.domain.privacy.disclosure import OPEN_FOR, Disclosure
from core.domain.privacy.free_text import check_free_text
from core.domain.privacy.records import Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind
from ports.clock import Clock, NewId
from ports.privacy.requests import PrivacyUnitsOfWork


@dataclass(frozen=True, slots=True)
class RequestDisclosure:
    """Request a member's data, with a reason. Returns the id of the disclosure request.

    Raises:
        NotFound: there is no such member.
        Invalid: the reason contains personal data or is too long.
    """

    units: PrivacyUnitsOfWork
    now: Clock
    new_id: NewId

    @retried
    async def __call__(self, customer_id: CustomerId, reason: str, by: str) -> DisclosureId:
        now = self.now()
        disclosure = Disclosure(
            id=DisclosureId(self.new_id()),
            customer_id=customer_id,
            reason=check_free_text("reason", reason),
            requested_by=by,
            requested_at=now,
        )
        async with self.units() as unit:
            await unit.disclosures.add(disclosure)
            unit.add_event(
                DisclosureRequested(disclosure_id=disclosure.id, customer_id=customer_id, at=now)
            )
            await unit.commit()
        return disclosure.id


@dataclass(frozen=True, slots=True)
class ApproveDisclosure:
    """Approve a disclosure request for an hour.

    Raises:
        SecondPersonNeeded: the approver made the request, or it is approved already.
    """

    units: PrivacyUnitsOfWork
    now: Clock

    @retried
    async def __call__(self, disclosure_id: DisclosureId, by: str) -> None:
        now = self.now()
        async with self.units() as unit:
            if not await unit.disclosures.approve(disclosure_id, by, now + OPEN_FOR):
                raise SecondPersonNeeded
            unit.add_event(DisclosureApproved(disclosure_id=disclosure_id, at=now))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class ReadDisclosure:
    """Write the member's bundle for the person who requested it. Returns its path.

    Raises:
        SecondPersonNeeded: the request is not approved, the approval has expired, or another
            person made the request.
    """

    units: PrivacyUnitsOfWork
    data_providers: DataProviders
    write_bundle: WriteBundle
    now: Clock

    async def __call__(self, disclosure_id: DisclosureId, by: str, folder: Path) -> Path:
        now = self.now()
        async with self.units() as unit:
            disclosure = await unit.disclosures.get(disclosure_id)
        if disclosure.customer_id is None or not disclosure.is_open_to(by, now):
            raise SecondPersonNeeded
        subject, _ = await self.data_providers.resolve(
            Subject(customers=frozenset({disclosure.customer_id}))
        )
        request = PrivacyRequest(
            id=RequestId(disclosure.id),
            number=str(disclosure.id),
            kind=RequestKind.ACCESS,
            received_at=disclosure.requested_at,
            due_at=now,
            article="",
            subject=subject,
            subject_hash="",
            salt="",
        )
        path, _ = await self.write_bundle(request, folder)
        return path
