"""A personal-data provider of a plugin: loyalty points by customer, in one file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from entrepot.privacy import (
    Category,
    Decision,
    ErasureFinding,
    Field,
    OnErase,
    Outcome,
    Page,
    Pii,
    Record,
    Store,
    Subject,
)

PAGE_SIZE = 2


class LoyaltyPoints:
    """``{customer's id: {entry: points}}``."""

    code = "loyalty"

    def __init__(self, path: Path, points: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self._path = path
        if points is not None:
            self._write(points)

    def inventory(self) -> Sequence[Field | Store]:
        points = Pii(category=Category.BEHAVIOUR, purpose="account", on_erase=OnErase.DELETE)
        return [Field(place="loyalty.points", classification=points)]

    async def resolve(self, subject: Subject) -> Subject:
        return subject

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        mine = self._mine(subject)
        page = [each for each in sorted(mine) if each > cursor][:PAGE_SIZE]
        records = tuple(
            Record(section="points", reference=each, fields={"points": mine[each]}) for each in page
        )
        return Page(items=records, cursor=page[-1] if len(page) == PAGE_SIZE else "")

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        page = await self.export(subject, cursor)
        decisions = tuple(
            Decision(reference=each.reference, outcome=Outcome.ERASE) for each in page.items
        )
        return Page(items=decisions, cursor=page.cursor)

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        erased = {each.reference for each in decisions}
        remaining = {
            customer: {entry: points for entry, points in entries.items() if entry not in erased}
            for customer, entries in self._read().items()
        }
        mine = {str(each) for each in subject.customers}
        self._write(
            {each: remaining[each] for each in remaining if remaining[each] or each not in mine}
        )
        return [each.reference for each in decisions]

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        text = self._path.read_text(encoding="utf-8")
        count = sum(text.count(str(customer)) for customer in subject.customers)
        return [ErasureFinding(place="loyalty.points", count=count)] if count else []

    def _mine(self, subject: Subject) -> dict[str, int]:
        return {
            entry: points
            for customer, entries in self._read().items()
            if customer in {str(each) for each in subject.customers}
            for entry, points in entries.items()
        }

    def _read(self) -> dict[str, dict[str, int]]:
        read: dict[str, dict[str, int]] = json.loads(self._path.read_text(encoding="utf-8"))
        return read

    def _write(self, points: Mapping[str, Mapping[str, int]]) -> None:
        self._path.write_text(json.dumps(points), encoding="utf-8")
