"""What an erasure would do to each record: decided, looked at, approved."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from core.application.privacy.data_providers import DataProviders
from core.application.privacy.requests import save
from core.application.retries import retrying
from core.domain.errors import IllegalTransition, PlanChanged
from core.domain.privacy.records import Decision, Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork


@dataclass(frozen=True, slots=True)
class PreviewErasure:
    """What would become of each record, without a request and without changing anything."""

    data_providers: DataProviders

    async def __call__(
        self, subject: Subject
    ) -> tuple[tuple[tuple[str, Decision], ...], tuple[str, ...]]:
        """The decisions with their keepers, and who did not answer."""
        resolved, absent = await self.data_providers.resolve(subject)
        failures = list(absent)
        found = [
            (code, each)
            async for code, page in self.data_providers.plan(resolved, failures)
            for each in page
        ]
        return tuple(found), tuple(dict.fromkeys(failures))


@dataclass(frozen=True, slots=True)
class PlanErasure:
    """Decide what becomes of each record, and write it down for approval.

    From the first plan on the person is frozen: who is meant does not change any more, and
    nobody logs in. A legal hold stops it here.
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
                claimed = await unit.privacy.get_for_update(number)
                held = await unit.privacy.legal_holds(sorted(claimed.subject.customers))
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
        async with self.units() as unit:
            await unit.privacy.clear_plan(request.id)
            await unit.commit()
        hashed, position = hashlib.sha256(), 0
        async for code, page in self.data_providers.plan(request.subject, failures):
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
