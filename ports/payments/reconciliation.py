"""The ledger movements of a day, and the stored reconciliation reports."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from core.domain.payments.reconciliation import Movement, Report, Side
from ports.pagination import PageOf, Slice


class Reconciliations(Protocol):
    async def movements(self, gateway: str, begin: datetime, end: datetime) -> tuple[Movement, ...]:
        """Captures and refunds of a gateway from ``begin`` until ``end``."""

    async def find(
        self, gateway: str, keys: Sequence[tuple[Side, str, str]]
    ) -> Mapping[tuple[Side, str, str], Movement]:
        """The movements with these keys in the ledger, on any day. Unknown keys are missing."""

    async def save(self, report: Report) -> None:
        """Store a report. It replaces an earlier report of the same gateway and day."""

    async def report(self, gateway: str, day: date) -> Report | None: ...

    async def reports(self, limit: int) -> tuple[Report, ...]:
        """Latest days first."""

    async def listed(self, gateway: str, part: Slice) -> PageOf[Report]:
        """By day, of one gateway or of all."""
