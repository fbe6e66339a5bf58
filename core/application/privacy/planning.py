"""Plans erasures: preview, plan and approval."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from core.application.privacy.data_providers import DataProviders
from core.application.privacy.requests import save
from core.application.retries import retried, retrying
from core.domain.errors import IllegalTransition, PlanChanged
from core.domain.privacy.records import Decision, Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork


@dataclass(frozen=True, slots=True)
class PreviewErasure:
    """Plan an erasure without a request. Changes nothing."""

    data_providers: DataProviders

    async def __call__(
        self, subject: Subject
    ) -> tuple[tuple[tuple[str, Decision], ...], tuple[str, ...]]:
        """Returns the decisions with the codes of their providers, and the failed providers."""
        resolved, failed = await self.data_providers.resolve(subject)
        failures = list(failed)
        decisions = [
            (code, each)
            async for code, page in self.data_providers.plan(resolved, failures)
            for each in page
        ]
        return tuple(decisions), tuple(dict.fromkeys(failures))


@dataclass(frozen=True, slots=True)
class PlanErasure:
    """Store a decision for each record of the person, for approval.

    The first plan freezes the person: the subject does not change any more, and the account
    cannot log in. A legal hold stops the request here.
    """

    units: PrivacyUnitsOfWork
    data_providers: DataProviders
    now: Clock

    async def __call__(self, number: str) -> PrivacyRequest:
        request = await retrying(lambda: self._freeze(number))
        failures = list(await self.data_providers.absent())
        plan_hash = await self._write_plan(request, failures)

        async def conclude() -> PrivacyRequest:
            async with self.units() as unit:
                locked = await unit.privacy.get_for_update(number)
                legal_holds = await unit.privacy.legal_holds(sorted(locked.subject.customers))
                if legal_holds:
                    locked.hold(legal_holds)
                elif failures:
                    locked.fail_to_plan(tuple(dict.fromkeys(failures)))
                else:
                    locked.plan(plan_hash)
                await save(unit, locked, self.now())
                await unit.commit()
            return locked

        return await retrying(conclude)

    async def _freeze(self, number: str) -> PrivacyRequest:
        async with self.units() as unit:
            request = await unit.privacy.get_for_update(number)
            if request.kind is not RequestKind.ERASURE:
                raise IllegalTransition("request", request.kind, "plan")
            if request.state is RequestState.VERIFIED:
                request.freeze()
                await save(unit, request, self.now())
            await unit.privacy.freeze(sorted(request.subject.customers))
            await unit.commit()
        return request

    async def _write_plan(self, request: PrivacyRequest, failures: list[str]) -> str:
        await self._clear_plan(request)
        hashed, position = hashlib.sha256(), 0
        async for code, page in self.data_providers.plan(request.subject, failures):
            await add_to_plan(self.units, request, code, page, position)
            position += len(page)
            for decision in page:
                hashed.update(canonical(code, decision))
        return hashed.hexdigest()

    @retried
    async def _clear_plan(self, request: PrivacyRequest) -> None:
        async with self.units() as unit:
            await unit.privacy.clear_plan(request.id)
            await unit.commit()


@retried
async def add_to_plan(
    units: PrivacyUnitsOfWork,
    request: PrivacyRequest,
    code: str,
    decisions: Sequence[Decision],
    position: int,
) -> None:
    async with units() as unit:
        await unit.privacy.add_plan(request.id, code, decisions, position)
        await unit.commit()


@dataclass(frozen=True, slots=True)
class ApproveErasure:
    """Approve a plan.

    Raises:
        PlanChanged: ``plan_hash`` is not the hash of the current plan.
    """

    units: PrivacyUnitsOfWork
    now: Clock

    async def __call__(self, number: str, plan_hash: str, by: str) -> None:
        async def approve() -> None:
            async with self.units() as unit:
                request = await unit.privacy.get_for_update(number)
                if request.plan_hash != plan_hash:
                    raise PlanChanged
                request.approve(by)
                await save(unit, request, self.now())
                await unit.commit()

        await retrying(approve)


def canonical(code: str, decision: Decision) -> bytes:
    """The bytes of a decision in the plan hash, without ``until``, which depends on the time."""
    parts: Sequence[str] = (
        code,
        decision.reference,
        decision.outcome,
        ",".join(decision.fields),
        decision.reason,
        decision.article,
    )
    return ("\t".join(parts) + "\n").encode()
