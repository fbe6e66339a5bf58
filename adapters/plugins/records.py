"""A keeper of records with a boundary around it: what it does not answer, it did not do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from adapters.plugins.boundary import Boundary
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, Page, Record, Residue, Subject
from ports.privacy import RecordKeeper, Rectification, Restriction, Retention

LONGEST_PAGE = 1_000
NONE = type(None)
NOTHING: tuple[Field | Store, ...] = ()


class GuardedKeeper:
    """Every call has a time limit, and every answer must be what the port says."""

    def __init__(self, keeper: RecordKeeper, boundary: Boundary) -> None:
        self._keeper = keeper
        self._boundary = boundary

    @property
    def code(self) -> str:
        return str(self._keeper.code)

    def inventory(self) -> Sequence[Field | Store]:
        return self._boundary.ask(self._keeper.inventory, otherwise=NOTHING)

    async def resolve(self, subject: Subject) -> Subject:
        return await self._boundary.call(lambda: self._keeper.resolve(subject), answers=Subject)

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        async def page() -> Page[Record]:
            answer = await self._keeper.export(subject, cursor)
            _check(answer, Record)
            msgspec.json.encode([dict(each.fields) for each in answer.items])
            return answer

        return await self._boundary.call(page, answers=Page)

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        async def page() -> Page[Decision]:
            answer = await self._keeper.plan(subject, cursor)
            _check(answer, Decision)
            return answer

        return await self._boundary.call(page, answers=Page)

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        return await self._boundary.call(
            lambda: self._keeper.erase(subject, decisions), answers=(list, tuple)
        )

    async def verify(self, subject: Subject) -> Sequence[Residue]:
        async def residues() -> Sequence[Residue]:
            found = await self._keeper.verify(subject)
            if not all(isinstance(each, Residue) for each in found):
                raise TypeError("answered with something that is no residue")
            return found

        return await self._boundary.call(residues, answers=(list, tuple))


class GuardedRetention(GuardedKeeper):
    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        keeper = cast("Retention", self._keeper)
        return await self._boundary.call(lambda: keeper.end_retention(references), answers=dict)


class GuardedRectification(GuardedKeeper):
    async def rectify(self, subject: Subject, corrections: Mapping[str, str]) -> None:
        keeper = cast("Rectification", self._keeper)
        await self._boundary.call(lambda: keeper.rectify(subject, corrections), answers=NONE)


class GuardedRestriction(GuardedKeeper):
    async def restrict(self, subject: Subject, *, restricted: bool) -> None:
        keeper = cast("Restriction", self._keeper)
        await self._boundary.call(
            lambda: keeper.restrict(subject, restricted=restricted), answers=NONE
        )


ABILITIES: dict[type[Any], type[GuardedKeeper]] = {
    Retention: GuardedRetention,
    Rectification: GuardedRectification,
    Restriction: GuardedRestriction,
}


def guarded(keeper: RecordKeeper, boundary: Boundary) -> GuardedKeeper:
    """With a boundary around each thing that it can do, and nothing that it cannot."""
    able = tuple(guard for port, guard in ABILITIES.items() if isinstance(keeper, port))
    kind = type("GuardedKeeper", able, {}) if able else GuardedKeeper
    made = kind(keeper, boundary)
    assert isinstance(made, GuardedKeeper)
    return made


def _check(page: Any, kind: type) -> None:
    if not isinstance(page, Page) or len(page.items) > LONGEST_PAGE:
        raise TypeError("answered with no page, or with too long a one")
    if not all(isinstance(each, kind) for each in page.items):
        raise TypeError(f"answered with something that is no {kind.__name__}")
