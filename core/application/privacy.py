"""Answering what people ask about their data: who is meant, what is known, and what goes.

Nobody is left out silently: whoever keeps records and does not answer makes a request
incomplete, and is named.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from core.application.retrying import retrying
from core.domain.errors import AlreadyExists, DomainError, IllegalTransition, PlanChanged
from core.domain.events import PrivacyRequestChanged
from core.domain.identifiers import PersonId, RequestId
from core.domain.privacy.policy import Policy, WorkingDay
from core.domain.privacy.records import Decision, Outcome, Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState
from ports.clock import Clock, NewId, NewNumber, NewToken
from ports.errors import PortError
from ports.privacy import RecordKeeper, Retention
from ports.storage.privacy import PrivacyUnit, PrivacyUnits

AT_ONCE = 200
ROUNDS = 10
"""How often rows that came meanwhile are looked for again."""

ACTIONS = frozenset({Outcome.ERASE, Outcome.PSEUDONYMISE, Outcome.REDACT})

UNDER_WAY = frozenset(
    {
        RequestState.APPROVED,
        RequestState.EXECUTING,
        RequestState.PROPAGATING,
        RequestState.VERIFYING,
    }
)

DestroyKeys = Callable[[Iterable[PersonId], datetime], Awaitable[int]]
Sink = Callable[[Subject], Awaitable[None]]
"""Takes a person out of something that was made of records: a model, a cache, a file."""

WriteBundle = Callable[[PrivacyRequest, Path], Awaitable[tuple[Path, tuple[str, ...]]]]
"""Writes everything of a request into a folder: where it is, and who did not answer."""

Sign = Callable[[Mapping[str, Any]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Keepers:
    """Everybody who keeps records about people, in the order in which they are asked.

    ``absent`` are those that kept some once and are not here now.
    """

    here: tuple[RecordKeeper, ...]
    absent: Callable[[], Awaitable[tuple[str, ...]]]

    def get(self, code: str) -> RecordKeeper | None:
        return next((each for each in self.here if each.code == code), None)

    async def resolve(self, subject: Subject) -> tuple[Subject, tuple[str, ...]]:
        """Who is meant, until nobody knows more; and who did not answer."""
        failures: dict[str, None] = dict.fromkeys(await self.absent())
        for _ in range(ROUNDS):
            before = subject
            for keeper in self.here:
                try:
                    subject |= await keeper.resolve(subject)
                except PortError:
                    failures[keeper.code] = None
            if subject == before:
                break
        return subject, tuple(failures)

    async def plan(
        self, subject: Subject, failures: list[str]
    ) -> AsyncIterator[tuple[str, tuple[Decision, ...]]]:
        """Every decision, page by page; whoever fails is added to ``failures``."""
        for keeper in self.here:
            cursor = ""
            while True:
                try:
                    page = await keeper.plan(subject, cursor)
                except PortError:
                    failures.append(keeper.code)
                    break
                yield keeper.code, page.items
                if not page.cursor or page.cursor == cursor:
                    break
                cursor = page.cursor


@dataclass(frozen=True, slots=True)
class PreviewErasure:
    """What would become of each record, without a request and without changing anything."""

    keepers: Keepers

    async def __call__(
        self, subject: Subject
    ) -> tuple[tuple[tuple[str, Decision], ...], tuple[str, ...]]:
        """The decisions with their keepers, and who did not answer."""
        resolved, absent = await self.keepers.resolve(subject)
        failures = list(absent)
        found = [
            (code, each)
            async for code, page in self.keepers.plan(resolved, failures)
            for each in page
        ]
        return tuple(found), tuple(dict.fromkeys(failures))


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
class PlanErasure:
    """Decide what becomes of each record, and write it down for approval.

    From the first plan on the person is frozen: who is meant does not change any more, and
    nobody logs in. A legal hold stops it here.
    """

    units: PrivacyUnits
    keepers: Keepers
    now: Clock

    async def __call__(self, number: str) -> PrivacyRequest:
        request = await retrying(lambda: self._freeze(number))
        failures = list(await self.keepers.absent())
        plan_hash = await self._write_plan(request, failures)

        async def conclude() -> PrivacyRequest:
            async with self.units() as unit:
                claimed = await unit.privacy.claim(number)
                held = await unit.privacy.held(sorted(claimed.subject.customers))
                if held:
                    claimed.hold(held)
                elif failures:
                    claimed.fail_to_plan(tuple(dict.fromkeys(failures)))
                else:
                    claimed.plan(plan_hash)
                await save(unit, claimed, self.now())
                await unit.commit()
            return claimed

        return await retrying(conclude)

    async def _freeze(self, number: str) -> PrivacyRequest:
        async with self.units() as unit:
            request = await unit.privacy.claim(number)
            if request.kind is not RequestKind.ERASURE:
                raise IllegalTransition("request", request.kind, "plan")
            if request.state is RequestState.VERIFIED:
                request.freeze()
                await save(unit, request, self.now())
            await unit.privacy.freeze(sorted(request.subject.customers))
            await unit.commit()
        return request

    async def _write_plan(self, request: PrivacyRequest, failures: list[str]) -> str:
        async with self.units() as unit:
            await unit.privacy.clear_plan(request.id)
            await unit.commit()
        hashed, position = hashlib.sha256(), 0
        async for code, page in self.keepers.plan(request.subject, failures):
            async with self.units() as unit:
                await unit.privacy.add_plan(request.id, code, page, position)
                await unit.commit()
            position += len(page)
            for decision in page:
                hashed.update(spelled(code, decision))
        return hashed.hexdigest()


@dataclass(frozen=True, slots=True)
class ApproveErasure:
    """Somebody looked at this plan and agrees."""

    units: PrivacyUnits
    now: Clock

    async def __call__(self, number: str, plan_hash: str, by: str) -> None:
        async def approve() -> None:
            async with self.units() as unit:
                request = await unit.privacy.claim(number)
                if request.plan_hash != plan_hash:
                    raise PlanChanged
                request.approve(by)
                await save(unit, request, self.now())
                await unit.commit()

        await retrying(approve)


@dataclass(frozen=True, slots=True)
class ExecuteErasure:
    """Carry an approved plan out, from wherever it stands; the request as it is then.

    Batches are committed one by one, so that a run that was killed goes on where it was. The
    keys are destroyed after the last record, and everything is looked for once more.

    Raises:
        PlanChanged: the person's records are not those of the plan any more.
    """

    units: PrivacyUnits
    keepers: Keepers
    plan: PlanErasure
    destroy_keys: DestroyKeys
    sinks: Mapping[str, Sink]
    sign: Sign
    now: Clock

    async def __call__(self, number: str, plan_hash: str) -> PrivacyRequest:
        request = await self._begin(number, plan_hash)
        failures = [*await self.keepers.absent(), *await self._carry_out(request)]
        if not failures:
            await self._move(number, lambda claimed: claimed.propagate())
            async with self.units() as unit:
                people = await unit.privacy.people(request.id)
            await self.destroy_keys(people, self.now())
            failures += await self._propagate(request.subject)
        if not failures:
            await self._move(number, lambda claimed: claimed.scan())
            failures += await self._look_again(request.subject)
        return await self._end(number, tuple(dict.fromkeys(failures)))

    async def _begin(self, number: str, plan_hash: str) -> PrivacyRequest:
        async with self.units() as unit:
            request = await unit.privacy.claim(number)
            held = await unit.privacy.held(sorted(request.subject.customers))
        if request.plan_hash != plan_hash:
            raise PlanChanged
        if held and request.state in {RequestState.APPROVED, RequestState.INCOMPLETE}:
            await self.plan(request.number)
            raise PlanChanged
        if request.state is RequestState.APPROVED:
            await self._check_plan(request)
        if request.state in {RequestState.PROPAGATING, RequestState.VERIFYING}:
            return request
        await self._move(number, lambda claimed: claimed.execute())
        return request

    async def _check_plan(self, request: PrivacyRequest) -> None:
        """A plan that is older than what was written since is made again."""
        hashed = hashlib.sha256()
        async for code, page in self.keepers.plan(request.subject, []):
            for decision in page:
                hashed.update(spelled(code, decision))
        if hashed.hexdigest() != request.plan_hash:
            await self.plan(request.number)
            raise PlanChanged

    async def _carry_out(self, request: PrivacyRequest) -> list[str]:
        failures: list[str] = []
        for _ in range(ROUNDS):
            failures += await self._batches(request)
            if failures or not await self._came_meanwhile(request):
                return failures
        return [*failures, "records that keep coming"]

    async def _batches(self, request: PrivacyRequest) -> list[str]:
        while True:
            async with self.units() as unit:
                pending = await unit.privacy.pending(request.id, AT_ONCE)
            if not pending:
                return []
            for code, some in groupby(pending, lambda pair: pair[0]):
                decisions = [decision for _, decision in some]
                keeper = self.keepers.get(code)
                try:
                    done = await keeper.erase(request.subject, decisions) if keeper else ()
                except PortError:
                    return [code]
                if set(done) != {each.reference for each in decisions}:
                    return [code]
                async with self.units() as unit:
                    await unit.privacy.done(request.id, code, list(done))
                    await unit.commit()

    async def _came_meanwhile(self, request: PrivacyRequest) -> bool:
        found, position = False, 1 << 40
        async for code, page in self.keepers.plan(request.subject, []):
            fresh = [each for each in page if each.outcome in ACTIONS or each.fields]
            async with self.units() as unit:
                await unit.privacy.add_plan(request.id, code, fresh, position)
                await unit.commit()
            position += len(fresh)
            found = found or bool(fresh)
        return found

    async def _propagate(self, subject: Subject) -> list[str]:
        failures = []
        for name, sink in self.sinks.items():
            try:
                await sink(subject)
            except PortError:
                failures.append(name)
        return failures

    async def _look_again(self, subject: Subject) -> list[str]:
        failures = []
        for keeper in self.keepers.here:
            try:
                residues = await keeper.verify(subject)
            except PortError:
                failures.append(keeper.code)
                continue
            failures += [f"{keeper.code}: {each.count} in {each.place}" for each in residues]
        return failures

    async def _end(self, number: str, failures: tuple[str, ...]) -> PrivacyRequest:
        async def end() -> PrivacyRequest:
            async with self.units() as unit:
                request = await unit.privacy.claim(number)
                now = self.now()
                if failures:
                    request.fail(failures)
                else:
                    request.complete(now)
                    request.certificate = await self._certificate(unit, request, now)
                await save(unit, request, now)
                if not failures:
                    await unit.privacy.keep_retained(request.id)
                    await unit.privacy.forget_subject(request.id)
                await unit.commit()
            return request

        request = await retrying(end)
        if request.state is RequestState.COMPLETED and request.person is not None:
            await self.destroy_keys([request.person], self.now())
        return request

    async def _certificate(
        self, unit: PrivacyUnit, request: PrivacyRequest, now: datetime
    ) -> dict[str, Any]:
        document = {
            "request": request.number,
            "subject_hash": request.subject_hash,
            "plan_hash": request.plan_hash,
            "approved_by": request.approved_by,
            "received_at": request.received_at.isoformat(),
            "due_at": request.due_at.isoformat(),
            "completed_at": now.isoformat(),
            "records": {
                str(key): value for key, value in (await unit.privacy.counts(request.id)).items()
            },
            "retained": [
                {
                    "reason": each["reason"],
                    "article": each["article"],
                    "until": each["until"].isoformat(),
                    "records": each["records"],
                }
                for each in await unit.privacy.retained(request.id)
            ],
            "scanned": {"keepers": [each.code for each in self.keepers.here], "residues": 0},
            "propagated": list(self.sinks),
        }
        return {"certificate": document, **self.sign(document)}

    async def _move(self, number: str, move: Callable[[PrivacyRequest], None]) -> None:
        async def once() -> None:
            async with self.units() as unit:
                request = await unit.privacy.claim(number)
                move(request)
                await save(unit, request, self.now())
                await unit.commit()

        await retrying(once)


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
class CarryOutErasures:
    """Plan what was asked for and carry out what was approved; how many requests moved.

    Any number of workers may do it at once: whatever one has done is done for the other.
    """

    units: PrivacyUnits
    plan: PlanErasure
    execute: ExecuteErasure

    async def __call__(self) -> int:
        async with self.units() as unit:
            found = await unit.privacy.list(AT_ONCE)
        moved = 0
        for request in found:
            if request.kind is not RequestKind.ERASURE or request.is_over:
                continue
            try:
                moved += await self._move_on(request)
            except DomainError:
                continue
        return moved

    async def _move_on(self, request: PrivacyRequest) -> bool:
        if request.state in {RequestState.VERIFIED, RequestState.FROZEN}:
            await self.plan(request.number)
        elif request.state in UNDER_WAY:
            await self.execute(request.number, request.plan_hash)
        else:
            return False
        return True


@dataclass(frozen=True, slots=True)
class EndRetention:
    """Destroy what was retained and is not needed any more; how many records.

    What must stay after all gets a new end. A keeper that does not answer is asked again.
    """

    units: PrivacyUnits
    keepers: Keepers
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            due = await unit.privacy.retention_due(self.now(), AT_ONCE)
        ended = 0
        for code, some in groupby(due, lambda pair: pair[0]):
            references = [reference for _, reference in some]
            keeper: object = self.keepers.get(code)
            if not isinstance(keeper, Retention):
                continue
            try:
                extended = await keeper.end_retention(references)
            except PortError:
                continue
            async with self.units() as unit:
                await unit.privacy.end_retention(code, references, extended)
                await unit.commit()
            ended += len(references) - len(extended)
        return ended


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


def spelled(code: str, decision: Decision) -> bytes:
    """A decision as a plan's hash knows it: without its end, which moves with the time."""
    parts: Sequence[str] = (
        code,
        decision.reference,
        decision.outcome,
        ",".join(decision.fields),
        decision.reason,
        decision.article,
    )
    return ("\t".join(parts) + "\n").encode()
