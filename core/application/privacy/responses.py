"""Carries out privacy requests other than erasures: copy, correction, restriction, objection."""

from dataclasses import dataclass
from pathlib import Path

from core.application.privacy.bundles import WriteBundle
from core.application.privacy.consents import Notice
from core.application.privacy.data_providers import DataProviders
from core.application.privacy.requests import RefuseRequest, save
from core.application.retries import retried, retrying
from core.domain.errors import AlreadyExists, IllegalTransition, Invalid
from core.domain.events import RestrictionLifted
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import MARKETING, PERSONALISATION, Channel
from core.domain.privacy.records import Subject
from core.domain.privacy.request import IMMEDIATE_KINDS, PrivacyRequest, RequestKind
from ports.clock import Clock
from ports.errors import PortError
from ports.privacy.data_providers import Rectification, Restriction
from ports.privacy.requests import PrivacyUnitsOfWork
from ports.unit_of_work import UnitsOfWork

Failures = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndRequest:
    """Complete a request and forget its subject; with failures, it stays incomplete."""

    units: PrivacyUnitsOfWork
    now: Clock

    async def __call__(self, number: str, failures: Failures) -> PrivacyRequest:
        async def end() -> PrivacyRequest:
            async with self.units() as unit:
                request = await unit.privacy.get_for_update(number)
                if request.is_closed:
                    return request
                request.execute()
                if failures:
                    request.fail(failures)
                else:
                    request.complete(self.now())
                await save(unit, request, self.now())
                if not failures:
                    await unit.privacy.forget_subject(request.id)
                await unit.commit()
            return request

        return await retrying(end)


@dataclass(frozen=True, slots=True)
class AnswerAccess:
    """Write the bundle of an access or portability request, and end the request.

    With a failed provider it stays incomplete; a repeated call writes a new bundle.
    """

    write_bundle: WriteBundle
    end: EndRequest

    async def __call__(self, request: PrivacyRequest, folder: Path) -> tuple[Path, Failures]:
        """Returns the path of the bundle and the failed providers."""
        path, failures = await self.write_bundle(request, folder)
        await self.end(request.number, failures)
        return path, failures

    async def path(self, request: PrivacyRequest, folder: Path) -> Path:
        """Returns the path of the bundle, whose manifest names the failed providers."""
        return (await self(request, folder))[0]


@dataclass(frozen=True, slots=True)
class RestrictRecords:
    """Restrict the use of a person's records in every provider, or lift the restriction.

    Returns the failed providers.
    """

    data_providers: DataProviders

    async def __call__(self, subject: Subject, *, restricted: bool) -> Failures:
        failures = list(await self.data_providers.absent())
        for data_provider in self.data_providers.here:
            if isinstance(data_provider, Restriction):
                try:
                    await data_provider.restrict(subject, restricted=restricted)
                except PortError:
                    failures.append(data_provider.code)
        return tuple(failures)


@dataclass(frozen=True, slots=True)
class LiftRestriction:
    """Lift the restriction of a member. Returns the failed providers; call it again for them."""

    units: UnitsOfWork
    restrict: RestrictRecords
    now: Clock

    async def __call__(self, customer_id: CustomerId) -> Failures:
        subject = Subject(customers=frozenset({customer_id}))
        failures = await self.restrict(subject, restricted=False)
        await self._record(customer_id)
        return failures

    @retried
    async def _record(self, customer_id: CustomerId) -> None:
        async with self.units() as unit:
            unit.add_event(RestrictionLifted(customer_id=customer_id, at=self.now()))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class CarryOutRequest:
    """Carry out a rectification, restriction or objection. Returns the changed request.

    With a failed provider it stays incomplete; call it again.

    Raises:
        IllegalTransition: the request is of another kind.
        Invalid, AlreadyExists: a correction is not possible, such as the log-in of another
            account; the request is refused.
    """

    units: UnitsOfWork
    data_providers: DataProviders
    restrict: RestrictRecords
    notice: Notice
    refuse: RefuseRequest
    end: EndRequest

    async def __call__(self, request: PrivacyRequest, channel: Channel) -> PrivacyRequest:
        if request.kind not in IMMEDIATE_KINDS:
            raise IllegalTransition("request", request.kind, "carry out")
        try:
            failures = await self._carry_out(request, channel)
        except (Invalid, AlreadyExists) as error:
            await self.refuse(request.number, error.code)
            raise
        return await self.end(request.number, failures)

    async def _carry_out(self, request: PrivacyRequest, channel: Channel) -> Failures:
        if request.kind is RequestKind.RECTIFICATION:
            return await self._correct(request)
        if request.kind is RequestKind.RESTRICTION:
            return await self.restrict(request.subject, restricted=True)
        return await self._object(request.subject, channel)

    async def _correct(self, request: PrivacyRequest) -> Failures:
        failures = list(await self.data_providers.absent())
        for data_provider in self.data_providers.here:
            if isinstance(data_provider, Rectification):
                try:
                    await data_provider.rectify(request.subject, request.corrections)
                except PortError:
                    failures.append(data_provider.code)
        return tuple(failures)

    @retried
    async def _object(self, subject: Subject, channel: Channel) -> Failures:
        """Withdraw the consents. The next rebuild of derived data leaves the person out."""
        async with self.units() as unit:
            for customer_id in sorted(subject.customers):
                customer = await unit.customers.get(CustomerId(customer_id))
                withdrawn = [
                    self.notice.consent(
                        purpose, given=False, language=customer.language, channel=channel
                    )
                    for purpose in (PERSONALISATION, MARKETING)
                ]
                await unit.consents.record(customer.id, withdrawn)
            await unit.commit()
        return ()
