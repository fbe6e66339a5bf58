"""What becomes of a row of the shop when its person is erased, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select

from adapters.database.engine import Database
from adapters.database.tables import orders, refunds, returns
from adapters.privacy.holdings import Holding, people_of
from core.domain.privacy.inventory import OnErase
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Decision, Outcome
from ports.clock import Clock

OPEN_RETURNS = ("requested", "approved", "received", "inspected")
OPEN_REFUNDS = ("requested", "pending")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Decides by what the columns say of themselves, and by the order that a row belongs to."""

    database: Database
    policy: Policy
    now: Clock

    async def orders_of(
        self, holding: Holding, rows: Sequence[Row[Any]]
    ) -> dict[UUID, tuple[datetime, Decision | None]]:
        """When each order was placed, and why its address is still needed."""
        if holding.order_id is None:
            return {}
        ids = {getattr(row, holding.order_id.name) for row in rows}
        returning = exists().where(
            returns.c.order_id == orders.c.id, returns.c.state.in_(OPEN_RETURNS)
        )
        refunding = exists().where(
            refunds.c.order_id == orders.c.id, refunds.c.state.in_(OPEN_REFUNDS)
        )
        async with self.database.reads.connect() as connection:
            found = await connection.execute(
                select(
                    orders,
                    returning.label("comes_back"),
                    refunding.label("goes_back"),
                ).where(orders.c.id.in_(ids))
            )
            return {row.id: (row.placed_at, self._still_needed(row)) for row in found}

    def _still_needed(self, row: Row[Any]) -> Decision | None:
        now = self.now()
        if row.person is None:
            return None
        if row.state in {"placed", "paid"} or row.comes_back or row.goes_back:
            until, article = self.policy.keep_until("open_order", now)
            return Decision(
                reference="", outcome=Outcome.RETAIN, reason="open", article=article, until=until
            )
        ended = max(datetime.fromisoformat(move["at"]) for move in row.history)
        until, article = self.policy.keep_until("returns", ended)
        if row.state == "completed" and until > now:
            return Decision(
                reference="", outcome=Outcome.RETAIN, reason="returns", article=article, until=until
            )
        return None

    def decide(
        self,
        holding: Holding,
        row: Row[Any],
        known: dict[UUID, tuple[datetime, Decision | None]],
    ) -> Decision:
        reference = f"{holding.section}/{holding.reference(row)}"
        people = tuple(sorted(people_of(holding, [row])))
        if holding.columns(OnErase.DELETE):
            return Decision(reference=reference, outcome=Outcome.ERASE, people=people)
        clear = [
            str(column.name)
            for column in holding.columns(OnErase.CLEAR)
            if getattr(row, column.name) is not None
        ]
        order_id = getattr(row, holding.order_id.name) if holding.order_id is not None else None
        since, still = known[order_id] if order_id else (_since(holding, row), None)
        if still is not None and clear:
            return Decision(
                reference=reference,
                outcome=Outcome.RETAIN,
                fields=tuple(clear),
                reason=still.reason,
                article=still.article,
                until=still.until,
                people=people,
            )
        until, article = self.policy.keep_until(holding.keeping, since)
        return Decision(
            reference=reference,
            outcome=Outcome.PSEUDONYMISE if clear else Outcome.RETAIN,
            fields=tuple(clear),
            reason=holding.keeping,
            article=article,
            until=until,
            people=people,
        )


def _since(holding: Holding, row: Row[Any]) -> datetime:
    assert holding.since is not None
    since: datetime = getattr(row, holding.since.name)
    return since
