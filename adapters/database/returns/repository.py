"""The repository of returns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import save_versioned
from adapters.database.tables.orders import orders
from adapters.database.tables.returns import returns
from core.domain.errors import NotFound
from core.domain.events import Event
from core.domain.identifiers import DataKeyId, OrderId, ReturnId
from core.domain.returns import Remedy, Return, ReturnReason, ReturnState
from ports.encryption import DataKeys, Encryption

SEALED = ("note", "answer", "tracking_number")


OF_ORDERS_PERSON = select(orders.c.data_key_id).where(orders.c.id == bindparam("key"))


CLAIMED = select(returns).where(returns.c.id == bindparam("key")).with_for_update()


BY_NUMBER = select(returns).where(returns.c.number == bindparam("key"))


OF_ORDER = select(returns).where(returns.c.order_id == bindparam("key")).order_by(returns.c.id)


class SqlReturns:
    def __init__(self, connection: AsyncConnection, events: list[Event], vault: Encryption) -> None:
        self._connection = connection
        self._events = events
        self._vault = vault

    async def get_for_update(self, return_id: ReturnId) -> Return:
        row = (await self._connection.execute(CLAIMED, {"key": return_id})).first()
        if row is None:
            raise NotFound("return", return_id)
        return (await self._returns([row]))[0]

    async def find(self, number: str) -> Return | None:
        row = (await self._connection.execute(BY_NUMBER, {"key": number})).first()
        return None if row is None else (await self._returns([row]))[0]

    async def list(self, order_id: OrderId) -> tuple[Return, ...]:
        rows = await self._connection.execute(OF_ORDER, {"key": order_id})
        return await self._returns(rows.all())

    async def save(self, goods_back: Return) -> None:
        accepted = goods_back.accepted
        if goods_back.version == 0:
            goods_back.data_key_id = await self._person(goods_back.order_id)
        keys, data_key_id = await self._vault.keys([goods_back.data_key_id]), goods_back.data_key_id
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
                "data_key_id": data_key_id,
                **{
                    name: data_key_id
                    and keys.encrypt(
                        data_key_id, f"returns.{name}", goods_back.id, getattr(goods_back, name)
                    )
                    for name in SEALED
                },
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

    async def _person(self, order_id: OrderId) -> DataKeyId:
        known = await self._connection.scalar(OF_ORDERS_PERSON, {"key": order_id})
        return DataKeyId(known) if known else await self._vault.new_data_key()

    async def _returns(self, rows: Sequence[Row[Any]]) -> tuple[Return, ...]:
        keys = await self._vault.keys(row.data_key_id for row in rows)
        return tuple(return_of(row, keys) for row in rows)


def return_of(row: Row[Any], keys: DataKeys) -> Return:
    note, answer, tracking_number = (
        keys.decrypt(f"returns.{name}", row.id, getattr(row, name)) or "" for name in SEALED
    )
    return Return(
        id=ReturnId(row.id),
        number=row.number,
        order_id=OrderId(row.order_id),
        quantities=row.quantities,
        reason=ReturnReason(row.reason),
        remedy=Remedy(row.remedy),
        requested_at=row.requested_at,
        note=note,
        answer=answer,
        tracking_number=tracking_number,
        accepted=row.accepted,
        restocked=row.restocked,
        data_key_id=row.data_key_id,
        state=ReturnState(row.state),
        version=row.version,
    )
