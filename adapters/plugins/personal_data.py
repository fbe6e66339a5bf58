"""A personal-data provider behind the plugin guard."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from adapters.plugins.guard import PluginGuard
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, ErasureFinding, Page, Record, Subject
from ports.privacy.data_providers import PersonalDataProvider, Rectification, Restriction, Retention

MAX_PAGE_ITEMS = 1_000
NONE = type(None)
NO_FIELDS: tuple[Field | Store, ...] = ()


class GuardedDataProvider:
    """Checks the types of all answers, also inside of pages."""

    def __init__(self, data_provider: PersonalDataProvider, guard: PluginGuard) -> None:
        self._data_provider = data_provider
        self._guard = guard

    @property
    def code(self) -> str:
        return str(self._data_provider.code)

    def inventory(self) -> Sequence[Field | Store]:
        return self._guard.ask(self._data_provider.inventory, otherwise=NO_FIELDS)

    async def resolve(self, subject: Subject) -> Subject:
        return await self._guard.call(lambda: self._data_provider.resolve(subject), answers=Subject)

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        async def page() -> Page[Record]:
            answer = await self._data_provider.export(subject, cursor)
            _check(answer, Record)
            msgspec.json.encode([dict(each.fields) for each in answer.items])
            return answer

        return await self._guard.call(page, answers=Page)

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        async def page() -> Page[Decision]:
            answer = await self._data_provider.plan(subject, cursor)
            _check(answer, Decision)
            return answer

        return await self._guard.call(page, answers=Page)

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        return await self._guard.call(
            lambda: self._data_provider.erase(subject, decisions), answers=(list, tuple)
        )

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        async def findings() -> Sequence[ErasureFinding]:
            answer = await self._data_provider.verify(subject)
            if not all(isinstance(each, ErasureFinding) for each in answer):
                raise TypeError("answered with an item that is not an ErasureFinding")
            return answer

        return await self._guard.call(findings, answers=(list, tuple))


class GuardedRetention(GuardedDataProvider):
    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        data_provider = cast("Retention", self._data_provider)
        return await self._guard.call(lambda: data_provider.end_retention(references), answers=dict)


class GuardedRectification(GuardedDataProvider):
    async def rectify(self, subject: Subject, corrections: Mapping[str, str]) -> None:
        data_provider = cast("Rectification", self._data_provider)
        await self._guard.call(lambda: data_provider.rectify(subject, corrections), answers=NONE)


class GuardedRestriction(GuardedDataProvider):
    async def restrict(self, subject: Subject, *, restricted: bool) -> None:
        data_provider = cast("Restriction", self._data_provider)
        await self._guard.call(
            lambda: data_provider.restrict(subject, restricted=restricted), answers=NONE
        )


ABILITIES: dict[type[Any], type[GuardedDataProvider]] = {
    Retention: GuardedRetention,
    Rectification: GuardedRectification,
    Restriction: GuardedRestriction,
}


def guarded(data_provider: PersonalDataProvider, guard: PluginGuard) -> GuardedDataProvider:
    """Return a guarded provider with the same optional abilities as ``data_provider``."""
    bases = tuple(base for port, base in ABILITIES.items() if isinstance(data_provider, port))
    kind = type("GuardedDataProvider", bases, {}) if bases else GuardedDataProvider
    provider = kind(data_provider, guard)
    assert isinstance(provider, GuardedDataProvider)
    return provider


def _check(page: Any, kind: type) -> None:
    if not isinstance(page, Page) or len(page.items) > MAX_PAGE_ITEMS:
        raise TypeError(f"answered with no page, or with more than {MAX_PAGE_ITEMS} items")
    if not all(isinstance(each, kind) for each in page.items):
        raise TypeError(f"answered with an item that is not a {kind.__name__}")
