"""Carrying an approved plan out, to the certificate."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NewType, Protocol

from core.application.privacy.data_providers import ROUNDS, DataProviders
from core.application.privacy.planning import PlanErasure, spelled
from core.application.privacy.requests import save
from core.application.retries import retrying
from core.domain.errors import DomainError, PlanChanged
from core.domain.identifiers import DataKeyId
from core.domain.privacy.records import Outcome, Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState
from ports.clock import Clock
from ports.errors import PortError
from ports.privacy.requests import PrivacyUnitOfWork, PrivacyUnitsOfWork
from ports.signatures import Sign

AT_ONCE = 200


ACTIONS = frozenset({Outcome.ERASE, Outcome.PSEUDONYMISE, Outcome.REDACT})


UNDER_WAY = frozenset(
    {
        RequestState.APPROVED,
        RequestState.EXECUTING,
        RequestState.PROPAGATING,
        RequestState.VERIFYING,
    }
)


RebuildDerivedData = Callable[[Subject], Awaitable[None]]
"""Takes a person out of something that was made of records: a model, a cache, a file."""


DerivedData = NewType("DerivedData", Mapping[str, RebuildDerivedData])
"""What was made of records, by name."""


class DestroyKeys(Protocol):
    async def __call__(self, data_key_ids: Iterable[DataKeyId], at: datetime, /) -> int:
        """Destroy the keys of ``people``; how many there were."""


@dataclass(frozen=True, slots=True)
class ExecuteErasure:
    """Carry an approved plan out, from wherever it stands; the request as it is then.

    Batches are committed one by one, so that a run that was killed goes on where it was. The
    keys are destroyed after the last record, and everything is looked for once more.

    Raises:
        PlanChanged: the person's records are not those of the plan any more.
    """

    units: PrivacyUnitsOfWork
    data_providers: DataProviders
    plan: PlanErasure
    destroy_keys: DestroyKeys
    derived_data: DerivedData
    sign: Sign
    now: Clock

    async def __call__(self, number: str, plan_hash: str) -> PrivacyRequest:
        request = await self._begin(number, plan_hash)
        failures = [*await self.data_providers.absent(), *await self._carry_out(request)]
        if not failures:
            await self._move(number, lambda claimed: claimed.propagate())
            async with self.units() as unit:
                data_key_ids = await unit.privacy.data_key_ids(request.id)
                await unit.privacy.record_retention(request.id)
                await unit.commit()
            await self.destroy_keys(data_key_ids, self.now())
            failures += await self._propagate(request.subject)
        if not failures:
            await self._move(number, lambda claimed: claimed.scan())
            failures += await self._look_again(request.subject)
        return await self._end(number, tuple(dict.fromkeys(failures)))

    async def _begin(self, number: str, plan_hash: str) -> PrivacyRequest:
        async with self.units() as unit:
            request = await unit.privacy.get_for_update(number)
            held = await unit.privacy.legal_holds(sorted(request.subject.customers))
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
        async for code, page in self.data_providers.plan(request.subject, []):
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
                data_provider = self.data_providers.get(code)
                try:
                    done = (
                        await data_provider.erase(request.subject, decisions)
                        if data_provider
                        else ()
                    )
                except PortError:
                    return [code]
                if set(done) != {each.reference for each in decisions}:
                    return [code]
                async with self.units() as unit:
                    await unit.privacy.done(request.id, code, list(done))
                    await unit.commit()

    async def _came_meanwhile(self, request: PrivacyRequest) -> bool:
        found, position = False, 1 << 40
        async for code, page in self.data_providers.plan(request.subject, []):
            fresh = [each for each in page if each.outcome in ACTIONS or each.fields]
            async with self.units() as unit:
                await unit.privacy.add_plan(request.id, code, fresh, position)
                await unit.commit()
            position += len(fresh)
            found = found or bool(fresh)
        return found

    async def _propagate(self, subject: Subject) -> list[str]:
        failures = []
        for name, rebuild in self.derived_data.items():
            try:
                await rebuild(subject)
            except PortError:
                failures.append(name)
        return failures

    async def _look_again(self, subject: Subject) -> list[str]:
        failures = []
        for data_provider in self.data_providers.here:
            try:
                findings = await data_provider.verify(subject)
            except PortError:
                failures.append(data_provider.code)
                continue
            failures += [f"{data_provider.code}: {each.count} in {each.place}" for each in findings]
        return failures

    async def _end(self, number: str, failures: tuple[str, ...]) -> PrivacyRequest:
        async def end() -> PrivacyRequest:
            async with self.units() as unit:
                request = await unit.privacy.get_for_update(number)
                now = self.now()
                if failures:
                    request.fail(failures)
                else:
                    request.complete(now)
                    request.certificate = await self._certificate(unit, request, now)
                await save(unit, request, now)
                if not failures:
                    await unit.privacy.forget_subject(request.id)
                await unit.commit()
            return request

        request = await retrying(end)
        if request.state is RequestState.COMPLETED and request.data_key_id is not None:
            await self.destroy_keys([request.data_key_id], self.now())
        return request

    async def _certificate(
        self, unit: PrivacyUnitOfWork, request: PrivacyRequest, now: datetime
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
            "scanned": {
                "data_providers": [each.code for each in self.data_providers.here],
                "residues": 0,
            },
            "propagated": list(self.derived_data),
            "recipients": list(await unit.privacy.recipients(request.id)),
        }
        return {"certificate": document, **self.sign(document)}

    async def _move(self, number: str, move: Callable[[PrivacyRequest], None]) -> None:
        async def once() -> None:
            async with self.units() as unit:
                request = await unit.privacy.get_for_update(number)
                move(request)
                await save(unit, request, self.now())
                await unit.commit()

        await retrying(once)


@dataclass(frozen=True, slots=True)
class CarryOutErasures:
    """Plan what was asked for and carry out what was approved; how many requests moved.

    Any number of workers may do it at once: whatever one has done is done for the other.
    """

    units: PrivacyUnitsOfWork
    plan: PlanErasure
    execute: ExecuteErasure

    async def __call__(self) -> int:
        async with self.units() as unit:
            found = await unit.privacy.list(AT_ONCE)
        moved = 0
        for request in found:
            if request.kind is not RequestKind.ERASURE or request.is_closed:
                continue
            try:
                moved += await self._move_on(request)
            except DomainError:
                continue
        return moved

    async def _move_on(self, request: PrivacyRequest) -> bool:
        if request.state in {RequestState.VERIFIED, RequestState.FROZEN}:
            await self.plan(request.number)
        elif request.state is RequestState.HELD:
            async with self.units() as unit:
                if await unit.privacy.legal_holds(sorted(request.subject.customers)):
                    return False
            await self.plan(request.number)
        elif request.state in UNDER_WAY:
            await self.execute(request.number, request.plan_hash)
        else:
            return False
        return True
