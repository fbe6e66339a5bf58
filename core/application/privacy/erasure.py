"""Executes approved erasure plans, up to the certificate."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NewType, Protocol

from core.application.privacy.data_providers import ROUNDS, DataProviders
from core.application.privacy.planning import PlanErasure, add_to_plan, canonical
from core.application.privacy.requests import save
from core.application.retries import retried, retrying
from core.domain.errors import DomainError, PlanChanged
from core.domain.identifiers import DataKeyId
from core.domain.privacy.records import Outcome, Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState
from ports.clock import Clock
from ports.errors import PortError
from ports.privacy.data_providers import KeyVerification
from ports.privacy.requests import PrivacyUnitOfWork, PrivacyUnitsOfWork
from ports.signatures import Sign

BATCH_SIZE = 200

FIRST_NEW_POSITION = 1 << 40
"""Positions of records that were created after the plan; they sort behind it."""

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
"""Removes a person from derived data: a model, a cache, a file."""

DerivedData = NewType("DerivedData", Mapping[str, RebuildDerivedData])
"""The rebuild of each kind of derived data, by name."""


class DestroyKeys(Protocol):
    async def __call__(self, data_key_ids: Iterable[DataKeyId], at: datetime, /) -> int:
        """Destroy data keys. Returns the number of keys that existed."""


@dataclass(frozen=True, slots=True)
class ExecuteErasure:
    """Execute an approved plan, from its current state. Returns the changed request.

    Each batch is one transaction, so a run that was killed continues at the next batch. Data
    keys are destroyed after the last record; then every provider verifies the erasure.

    Raises:
        PlanChanged: the plan does not match the person's records any more.
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
        failures = [*await self.data_providers.absent(), *await self._erase(request)]
        if not failures:
            await self._move(number, lambda locked: locked.propagate())
            await self.destroy_keys(await self._record_retention(request), self.now())
            failures += await self._propagate(request.subject)
        if not failures:
            await self._move(number, lambda locked: locked.scan())
            failures += await self._verify(request)
        return await self._finish(number, tuple(dict.fromkeys(failures)))

    async def _begin(self, number: str, plan_hash: str) -> PrivacyRequest:
        async with self.units() as unit:
            request = await unit.privacy.get_for_update(number)
            legal_holds = await unit.privacy.legal_holds(sorted(request.subject.customers))
        if request.plan_hash != plan_hash:
            raise PlanChanged
        if legal_holds and request.state in {RequestState.APPROVED, RequestState.INCOMPLETE}:
            await self.plan(request.number)
            raise PlanChanged
        if request.state is RequestState.APPROVED:
            await self._check_plan(request)
        if request.state in {RequestState.PROPAGATING, RequestState.VERIFYING}:
            return request
        await self._move(number, lambda locked: locked.execute())
        return request

    async def _check_plan(self, request: PrivacyRequest) -> None:
        """If records have changed since the plan, plan again and raise `PlanChanged`."""
        hashed = hashlib.sha256()
        async for code, page in self.data_providers.plan(request.subject, []):
            for decision in page:
                hashed.update(canonical(code, decision))
        if hashed.hexdigest() != request.plan_hash:
            await self.plan(request.number)
            raise PlanChanged

    async def _erase(self, request: PrivacyRequest) -> list[str]:
        failures: list[str] = []
        for _ in range(ROUNDS):
            failures += await self._erase_planned(request)
            if failures or not await self._plan_new_records(request):
                return failures
        return [*failures, "new records are created all the time"]

    async def _erase_planned(self, request: PrivacyRequest) -> list[str]:
        while True:
            async with self.units() as unit:
                pending = await unit.privacy.pending(request.id, BATCH_SIZE)
            if not pending:
                return []
            for code, pairs in groupby(pending, lambda pair: pair[0]):
                decisions = [decision for _, decision in pairs]
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
                await self._record_done(request, code, done)

    @retried
    async def _record_done(
        self, request: PrivacyRequest, code: str, references: Sequence[str]
    ) -> None:
        async with self.units() as unit:
            await unit.privacy.done(request.id, code, list(references))
            await unit.commit()

    @retried
    async def _record_retention(self, request: PrivacyRequest) -> frozenset[DataKeyId]:
        """Returns the data keys to destroy."""
        async with self.units() as unit:
            data_key_ids = await unit.privacy.data_key_ids(request.id)
            await unit.privacy.record_retention(request.id)
            await unit.commit()
        return data_key_ids

    async def _plan_new_records(self, request: PrivacyRequest) -> bool:
        """Add records to the plan that were created after it. Returns whether there are any."""
        position = FIRST_NEW_POSITION
        async for code, page in self.data_providers.plan(request.subject, []):
            created = [each for each in page if each.outcome in ACTIONS or each.fields]
            await add_to_plan(self.units, request, code, created, position)
            position += len(created)
        return position > FIRST_NEW_POSITION

    async def _propagate(self, subject: Subject) -> list[str]:
        failures = []
        for name, rebuild in self.derived_data.items():
            try:
                await rebuild(subject)
            except PortError:
                failures.append(name)
        return failures

    async def _verify(self, request: PrivacyRequest) -> list[str]:
        async with self.units() as unit:
            data_key_ids = await unit.privacy.data_key_ids(request.id)
        failures = []
        for data_provider in self.data_providers.here:
            try:
                findings = [*await data_provider.verify(request.subject)]
                if isinstance(data_provider, KeyVerification):
                    findings += await data_provider.verify_keys(data_key_ids)
            except PortError:
                failures.append(data_provider.code)
                continue
            failures += [f"{data_provider.code}: {each.count} in {each.place}" for each in findings]
        return failures

    async def _finish(self, number: str, failures: tuple[str, ...]) -> PrivacyRequest:
        async def finish() -> PrivacyRequest:
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

        request = await retrying(finish)
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
                "findings": 0,
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
    """Plan new erasure requests and execute approved ones. Returns the number of moved requests.

    Safe for any number of concurrent workers: each step is idempotent.
    """

    units: PrivacyUnitsOfWork
    plan: PlanErasure
    execute: ExecuteErasure

    async def __call__(self) -> int:
        async with self.units() as unit:
            requests = await unit.privacy.list(BATCH_SIZE)
        moved = 0
        for request in requests:
            if request.kind is not RequestKind.ERASURE or request.is_closed:
                continue
            try:
                moved += await self._advance(request)
            except DomainError:
                continue
        return moved

    async def _advance(self, request: PrivacyRequest) -> bool:
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
