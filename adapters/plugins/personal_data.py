"""A personal-data provider behind the plugin guard."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from adapters.plugins.answers import privacy as answers
from adapters.plugins.answers.checks import nothing
from adapters.plugins.answers.privacy import DataProviderDescription
from adapters.plugins.guard import PluginGuard
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, ErasureFinding, Page, Record, Subject
from ports.privacy.data_providers import PersonalDataProvider, Rectification, Restriction, Retention


class GuardedDataProvider:
    def __init__(
        self,
        data_provider: PersonalDataProvider,
        guard: PluginGuard,
        description: DataProviderDescription,
    ) -> None:
        self._data_provider = data_provider
        self._guard = guard
        self._description = description

    @property
    def code(self) -> str:
        return self._description.code

    def inventory(self) -> Sequence[Field | Store]:
        return self._description.inventory

    async def resolve(self, subject: Subject) -> Subject:
        return await self._guard.call(lambda: self._data_provider.resolve(subject), answers.subject)

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        return await self._guard.call(
            lambda: self._data_provider.export(subject, cursor), answers.records
        )

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        return await self._guard.call(
            lambda: self._data_provider.plan(subject, cursor), answers.decisions
        )

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        return await self._guard.call(
            lambda: self._data_provider.erase(subject, decisions),
            lambda answer: answers.done(answer, decisions),
        )

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        return await self._guard.call(lambda: self._data_provider.verify(subject), answers.findings)


class GuardedRetention(GuardedDataProvider):
    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        data_provider = cast("Retention", self._data_provider)
        return await self._guard.call(
            lambda: data_provider.end_retention(references),
            lambda answer: answers.retained(answer, references),
        )


class GuardedRectification(GuardedDataProvider):
    async def rectify(self, subject: Subject, corrections: Mapping[str, str]) -> None:
        data_provider = cast("Rectification", self._data_provider)
        await self._guard.call(lambda: data_provider.rectify(subject, corrections), nothing)


class GuardedRestriction(GuardedDataProvider):
    async def restrict(self, subject: Subject, *, restricted: bool) -> None:
        data_provider = cast("Restriction", self._data_provider)
        await self._guard.call(
            lambda: data_provider.restrict(subject, restricted=restricted), nothing
        )


ABILITIES: dict[type[Any], type[GuardedDataProvider]] = {
    Retention: GuardedRetention,
    Rectification: GuardedRectification,
    Restriction: GuardedRestriction,
}


def guarded(
    data_provider: PersonalDataProvider, guard: PluginGuard, description: DataProviderDescription
) -> GuardedDataProvider:
    """Return a guarded provider with the same optional abilities as ``data_provider``."""
    bases = tuple(ABILITIES[port] for port in description.abilities)
    kind = type("GuardedDataProvider", bases, {}) if bases else GuardedDataProvider
    provider = kind(data_provider, guard, description)
    assert isinstance(provider, GuardedDataProvider)
    return provider
