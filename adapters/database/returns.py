"""The repository of returns."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import save_versioned
from adapters.database.tables import returns
from core.domain.errors import NotFound
from core.domain.events import Event
from core.domain.identifiers import OrderId, ReturnId
from core.domain.returns import Remedy, Return, ReturnReason, ReturnState

CLAIMED = select(returns).where(returns.c.id == bindparam("key")).with_for_update()
BY_NUMBER = select(returns).where(returns.c.number == bindparam("key"))
OF_ORDER = select(returns).where(returns.c.order_id == bindparam("key")).order_by(returns.c.id)


class SqlReturns:
    def __init__(self, connection: AsyncConnection, events: list[Event]) -> None:
        self._connection = connection
        self._events = events

    async def claim(self, return_id: ReturnId) -> Return:
        row = (await self._connection.execute(CLAIMED, {"key": return_id})).first()
        if row is None:
            raise NotFound("return", return_id)
        return return_of(row)

    async def find(self, number: str) -> Return | None:
        row = (await self._connection.execute(BY_NUMBER, {"key": number})).first()
        return None if row is None else return_of(row)

    async def list(self, order_id: OrderId) -> tuple[Return, ...]:
        rows = await self._connection.execute(OF_ORDER, {"key": order_id})
        return tuple(return_of(row) for row in rows)

    async def save(self, goods_back: Return) -> None:
        accepted = goods_back.accepted
        goods_back.version = await save_versioned(
            self._connection,
            returns,
            {
                "id": goods_back.id,
                "number": goods_back.number,
                "order_id": goods_back.order_id,
                "quantities": dict(goods_back.quantities),
                "reason": str(goods_back.reason),
                "remedy": str(goods_back.remedy),
                "note": goods_back.note,
                "answer": goods_back.answer,
                "tracking_number": goods_back.tracking_number,
                "accepted": None if accepted is None else dict(accepted),
                "restocked": goods_back.restocked,
                "requested_at": goods_back.requested_at,
                "state": str(goods_back.state),
            },
            version=goods_back.version,
            kind="return",
            key=goods_back.number,
        )
        self._events += goods_back.events
        goods_back.events.clear()


def return_of(row: Row[Any]) -> Return:
    return Return(
        id=ReturnId(row.id),
        number=row.number,
        order_id=OrderId(row.order_id),
        quantities=row.quantities,
        reason=ReturnReason(row.reason),
        remedy=Remedy(row.remedy),
        requested_at=row.requested_at,
        note=row.note,
        tracking_number=row.tracking_number,
        accepted=row.accepted,
        restocked=row.restocked,
        answer=row.answer,
        state=ReturnState(row.state),
        version=row.version,
    )
