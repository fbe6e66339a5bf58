"""What somebody asks: written down, refused, or answered with a bundle."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.application.privacy.keepers import Keepers
from core.application.retrying import retrying
from core.domain.errors import AlreadyExists
from core.domain.events import PrivacyRequestChanged
from core.domain.identifiers import RequestId
from core.domain.privacy.policy import Policy, WorkingDay
from core.domain.privacy.records import Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind
from ports.clock import Clock, NewId, NewNumber, NewToken
from ports.storage.privacy import PrivacyUnit, PrivacyUnits

WriteBundle = Callable[[PrivacyRequest, Path], Awaitable[tuple[Path, tuple[str, ...]]]]
"""Writes everything of a request into a folder: where it is, and who did not answer."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Write down what somebody asks, after their identity was checked.

    The same wish of the same person is one request while it is open.
    """

    units: PrivacyUnits
    keepers: Keepers
    policy: Policy
    is_working_day: WorkingDay
    now: Clock
    new_id: NewId
    new_number: NewNumber
    new_token: NewToken

    async def __call__(
        self, kind: RequestKind, subject: Subject, verified_by: str
    ) -> PrivacyRequest:
        resolved, _ = await self.keepers.resolve(subject)
        now, salt = self.now(), self.new_token()
        due_at, article = self.policy.due(kind, now, self.is_working_day)
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
        )
        request.subject_hash = hashlib.sha256(f"{salt}{request.claims[0]}".encode()).hexdigest()
        request.verify_identity(verified_by)
        try:
            async with self.units() as unit:
                await save(unit, request, now)
                await unit.commit()
        except AlreadyExists:
            async with self.units() as unit:
                known = await unit.privacy.find_open(request)
            if known is None:
                raise
            return known
        return request


@dataclass(frozen=True, slots=True)
class RefuseRequest:
    """Say no, and why; the person can log in again."""

    units: PrivacyUnits
    now: Clock

    async def __call__(self, number: str, reason: str) -> None:
        async def refuse() -> None:
            async with self.units() as unit:
                request = await unit.privacy.claim(number)
                request.refuse(reason, self.now())
                await save(unit, request, self.now())
                await unit.privacy.thaw(sorted(request.subject.customers))
                await unit.privacy.forget_subject(request.id)
                await unit.commit()

        await retrying(refuse)


@dataclass(frozen=True, slots=True)
class AnswerAccess:
    """Write the bundle of somebody who asks what is known of them, and end the request.

    Without one of the keepers it stays incomplete; asking again writes another bundle.
    """

    units: PrivacyUnits
    write_bundle: WriteBundle
    now: Clock

    async def __call__(self, request: PrivacyRequest, folder: Path) -> tuple[Path, tuple[str, ...]]:
        """Where the bundle is, and who did not answer."""
        await self._change(request.number, lambda claimed: claimed.execute())
        path, failures = await self.write_bundle(request, folder)
        if failures:
            await self._change(request.number, lambda claimed: claimed.fail(failures))
        else:
            await self._change(
                request.number, lambda claimed: claimed.complete(self.now()), forget=True
            )
        return path, failures

    async def _change(
        self, number: str, change: Callable[[PrivacyRequest], None], *, forget: bool = False
    ) -> None:
        async def once() -> None:
            async with self.units() as unit:
                request = await unit.privacy.claim(number)
                change(request)
                await save(unit, request, self.now())
                if forget:
                    await unit.privacy.forget_subject(request.id)
                await unit.commit()

        await retrying(once)


async def save(unit: PrivacyUnit, request: PrivacyRequest, now: datetime) -> None:
    """Keep it, and tell that it changed."""
    await unit.privacy.save(request)
    unit.tell(PrivacyRequestChanged(request_id=request.id, at=now))
