"""What our own books say of a day, and the stored reconciliation reports."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from core.domain.payments.reconciliation import Movement, Report, Side


class Reconciliations(Protocol):
    async def movements(self, gateway: str, begin: datetime, end: datetime) -> tuple[Movement, ...]:
        """What was captured and given back through a gateway from ``begin`` until ``end``."""

    async def find(
        self, gateway: str, keys: Sequence[tuple[Side, str, str]]
    ) -> Mapping[tuple[Side, str, str], Movement]:
        """Those of these movements that we know, whenever they were."""

    async def keep(self, report: Report) -> None:
        """Keep a report; one a gateway and day, the latest."""

    async def report(self, gateway: str, day: date) -> Report | None: ...

    async def reports(self, limit: int) -> tuple[Report, ...]:
        """Latest days first."""
