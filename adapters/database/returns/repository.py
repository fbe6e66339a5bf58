"""The repository of returns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import save_versioned
from adapters.database.tables.orders import orders
from adapters.database.tables.returns import returns
from core.domain.errors import NotFound
from core.domain.events import Event
from core.domain.identifiers import DataKeyId, OrderId, ReturnId
from core.domain.returns import Remedy, Return, ReturnReason, ReturnState
from ports.encryption import DataKeys, Encryption

ENCRYPTED = ("note", "answer", "tracking_number")


DATA_KEY_OF_ORDER = select(orders.c.data_key_id).where(orders.c.id == bindparam("key"))


BY_ID = select(returns).where(returns.c.id == bindparam("key"))


# The order is locked before its return: see "Order of locks" in docs/maintainer/architecture.md.
BY_ID_FOR_UPDATE = (
    select(returns)
    .select_from(orders.join(returns, returns.c.order_id == orders.c.id))
    .where(returns.c.id == bindparam("key"))
    .with_for_update(of=[orders, returns])
)


BY_NUMBER = select(returns).where(returns.c.number == bindparam("key"))


OF_ORDER = select(returns).where(returns.c.order_id == bindparam("key")).order_by(returns.c.id)


class SqlReturns:
    def __init__(self, connection: AsyncConnection, events: list[Event], vault: Encryption) -> None:
        self._connection = connection
        self._events = events
        self._vault = vault

    async def get(self, return_id: ReturnId) -> Return:
        return await self._get(BY_ID, return_id)

    async def get_for_update(self, return_id: ReturnId) -> Return:
        return await self._get(BY_ID_FOR_UPDATE, return_id)

    async def _get(self, statement: Select[Any], return_id: ReturnId) -> Return:
        row = (await self._connection.execute(statement, {"key": return_id})).first()
        if row is None:
            raise NotFound("return", return_id)
        return (await self._returns([row]))[0]

    async def find(self, number: str) -> Return | None:
        row = (await self._connection.execute(BY_NUMBER, {"key": number})).first()
        return None if row is None else (await self._returns([row]))[0]

    async def list(self, order_id: OrderId) -> tuple[Return, ...]:
        rows = await self._connection.execute(OF_ORDER, {"key": order_id})
        return await self._returns(rows.all())

    async def save(self, request: Return) -> None:
        accepted = request.accepted
        if request.version == 0:
            request.data_key_id = await self._data_key_of(request.order_id)
        data_key_id = request.data_key_id
        keys = await self._vault.keys([data_key_id])
        request.version = await save_versioned(
            self._connection,
            returns,
            {
                "id": request.id,
                "number": request.number,
                "order_id": request.order_id,
                "quantities": dict(request.quantities),
                "reason": str(request.reason),
                "remedy": str(request.remedy),
                "data_key_id": data_key_id,
                **{
                    name: data_key_id
                    and keys.encrypt(
                        data_key_id, f"returns.{name}", request.id, getattr(request, name)
                    )
                    for name in ENCRYPTED
                },
                "accepted": None if accepted is None else dict(accepted),
                "restocked": request.restocked,
                "requested_at": request.requested_at,
                "state": str(request.state),
            },
            version=request.version,
            kind="return",
            key=request.number,
        )
        self._events += request.events
        request.events.clear()

    async def _data_key_of(self, order_id: OrderId) -> DataKeyId:
        data_key_id = await self._connection.scalar(DATA_KEY_OF_ORDER, {"key": order_id})
        return DataKeyId(data_key_id) if data_key_id else await self._vault.new_data_key()

    async def _returns(self, rows: Sequence[Row[Any]]) -> tuple[Return, ...]:
        keys = await self._vault.keys(row.data_key_id for row in rows)
        return tuple(return_of(row, keys) for row in rows)


def return_of(row: Row[Any], keys: DataKeys) -> Return:
    note, answer, tracking_number = (
        keys.decrypt(f"returns.{name}", row.id, getattr(row, name)) or "" for name in ENCRYPTED
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
