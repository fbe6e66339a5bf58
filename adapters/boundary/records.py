"""A keeper of records with a boundary around it: what it does not answer, it did not do."""

from collections.abc import Sequence
from typing import Any

from adapters.boundary.boundary import Boundary
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, Page, Record, Residue, Subject
from ports.privacy import RecordKeeper

LONGEST_PAGE = 1_000
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


def _check(page: Any, kind: type) -> None:
    if not isinstance(page, Page) or len(page.items) > LONGEST_PAGE:
        raise TypeError("answered with no page, or with too long a one")
    if not all(isinstance(each, kind) for each in page.items):
        raise TypeError(f"answered with something that is no {kind.__name__}")
