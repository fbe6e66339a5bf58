"""The repository of claims."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.claims.quotas import Part, SqlQuotas
from adapters.database.claims.statements import (
    CLAIM_AGAIN,
    DELETE_CLAIMS,
    GIVE_BACK,
    GIVE_USE_BACK,
    RELEASE_CLAIMS,
    TAKE_AGAIN,
    TAKE_CLAIMS,
    USE_AGAIN,
)
from adapters.database.statements import insert_into
from adapters.database.tables.claims import claims as claims_table
from core.domain.claims import GIVEN_BACK, Claim, ClaimState, OrderEnd
from core.domain.identifiers import OrderId
from ports.clock import Clock
from ports.encryption import Encryption

Rows = Sequence[Row[Any]]


class SqlClaims:
    """`ports.claims.Claims` in one transaction."""

    def __init__(self, connection: AsyncConnection, vault: Encryption, now: Clock) -> None:
        self._connection = connection
        self._quotas = SqlQuotas(connection, vault, now)

    async def hold(self, order_id: OrderId, claims: Sequence[Claim]) -> tuple[int, ...]:
        # Every transaction changes uses before quotas, and both in this order: hot ones last.
        order = sorted(
            range(len(claims)), key=lambda index: (claims[index].shards > 1, claims[index].quota)
        )
        expected = {index: await self._quotas.use(claims[index], order_id) for index in order}
        # Before the quotas, so that a hot one is locked for a shorter time.
        await self._insert(order_id, claims, expected)
        granted = {
            index: await self._quotas.take(claims[index], expected[index]) for index in order
        }
        if granted != expected:
            await self._connection.execute(DELETE_CLAIMS, {"of_order": order_id})
            await self._insert(order_id, claims, granted)
        return tuple(sum(part.units for part in granted[index]) for index in range(len(claims)))

    async def take(self, order_id: OrderId) -> None:
        await self._connection.execute(TAKE_CLAIMS, {"of_order": order_id})

    async def release(self, order_id: OrderId, end: OrderEnd) -> None:
        given_back = [str(each) for each in GIVEN_BACK[end]]
        rows = await self._connection.execute(
            RELEASE_CLAIMS, {"of_order": order_id, "given_back": given_back}
        )
        released = _in_lock_order(rows.all())
        for row in released:
            if row.use_id is not None:
                await self._connection.execute(
                    GIVE_USE_BACK, {"of_use": row.use_id, "units": row.amount}
                )
        for row in released:
            if row.shard is not None:
                await self._connection.execute(GIVE_BACK, _counter(row))

    async def try_again(self, order_id: OrderId) -> bool:
        savepoint = await self._connection.begin_nested()
        rows = await self._connection.execute(CLAIM_AGAIN, {"of_order": order_id})
        if not await self._count_again(_in_lock_order(rows.all())):
            await savepoint.rollback()
            return False
        await savepoint.commit()
        return True

    async def _insert(
        self, order_id: OrderId, claims: Sequence[Claim], parts: Mapping[int, Sequence[Part]]
    ) -> None:
        rows = [_row(order_id, claims[index], part) for index in parts for part in parts[index]]
        if rows:
            await self._connection.execute(
                insert_into(claims_table),
                [{**row, "position": position} for position, row in enumerate(rows)],
            )

    async def _count_again(self, rows: Rows) -> bool:
        for row in rows:
            if row.use_id is not None:
                values = {"of_use": row.use_id, "units": row.amount, "most": row.per_person}
                if (await self._connection.execute(USE_AGAIN, values)).rowcount == 0:
                    return False
        for row in rows:
            if row.shard is not None:
                taken = await self._connection.execute(TAKE_AGAIN, _counter(row))
                if taken.rowcount == 0:
                    return False
        return True


def _in_lock_order(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: (row.shards > 1, row.key, row.position))


def _counter(row: Row[Any]) -> dict[str, Any]:
    return {"of_key": row.key, "of_shard": row.shard, "units": row.amount}


def _row(order_id: OrderId, claim: Claim, part: Part) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "key": claim.quota,
        "shard": part.shard,
        "shards": claim.shards,
        "use_id": part.use_id,
        "per_person": claim.per_person if part.use_id is not None else None,
        "amount": part.units,
        "give_back": str(claim.give_back),
        "state": str(ClaimState.HELD),
    }
