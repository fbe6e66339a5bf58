"""The repositories of coupons and their batches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.claims.persons import person_index
from adapters.database.coupons.keys import coupon_key, owned_code
from adapters.database.coupons.rows import batch_of, batch_row
from adapters.database.coupons.statements import (
    COUNT_CODES,
    COUNT_GIVEN,
    END,
    OF_BATCH,
    REVOKE,
    TAKE_BACK,
    insert_codes,
)
from adapters.database.statements import insert_into, is_unique_violation, upsert
from adapters.database.tables.coupons import coupon_batches, coupons
from core.domain.errors import AlreadyExists, NotFound, StaleVersion
from core.domain.pricing.coupons.batches import CouponBatch, NoCouponsLeft
from core.domain.pricing.coupons.codes import normalised
from ports.encryption import Encryption


class SqlCouponBatches:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, batch: CouponBatch, now: datetime) -> None:
        with _unique("coupon batch", batch.code):
            await self._connection.execute(
                insert_into(coupon_batches), {**batch_row(batch), "created_at": now}
            )

    async def get(self, code: str) -> CouponBatch:
        found = await self._connection.execute(
            select(coupon_batches).where(OF_BATCH), {"of_batch": code}
        )
        row = found.first()
        if row is None:
            raise NotFound("coupon batch", code)
        return batch_of(row)

    async def end(self, code: str, now: datetime) -> None:
        await self._connection.execute(END, {"of_batch": code, "now": now})


class SqlCoupons:
    def __init__(self, connection: AsyncConnection, vault: Encryption) -> None:
        self._connection = connection
        self._vault = vault

    async def add_codes(self, batch: CouponBatch, codes: Sequence[str], now: datetime) -> None:
        keys = [coupon_key(self._vault, code) for code in codes]
        values = {"of_batch": batch.code, "source": "made", "now": now, "keys": keys}
        with _unique("coupon code", codes[0]):
            await self._connection.execute(insert_codes(self._connection), values)
        counted = await self._connection.execute(
            COUNT_CODES, {"of_batch": batch.code, "at_made": batch.made, "units": len(codes)}
        )
        if counted.rowcount == 0:
            raise StaleVersion("coupon batch", batch.code)

    async def give(
        self, batch: CouponBatch, person: str, sources: Sequence[str], now: datetime
    ) -> str | None:
        owner = person_index(self._vault, person)
        for source in sources:
            code = owned_code(self._vault, batch.code, owner, source)
            row = {"batch": batch.code, "owner": owner, "source": source, "issued_at": now}
            if await self._add(code, row):
                await self._count(batch, now)
                return code
        return None

    async def take_back(self, batch: str, person: str, source: str, now: datetime) -> None:
        owner = person_index(self._vault, person)
        key = coupon_key(self._vault, owned_code(self._vault, batch, owner, source))
        await self._connection.execute(TAKE_BACK, {"of_key": key, "now": now})

    async def revoke(self, code: str, now: datetime) -> None:
        key = coupon_key(self._vault, normalised(code))
        revoked = await self._connection.execute(REVOKE, {"of_key": key, "now": now})
        if revoked.rowcount == 0:
            raise NotFound("coupon", code)

    async def _add(self, code: str, row: dict[str, Any]) -> bool:
        """Concurrent callers with the same code wait here; one of them adds the coupon."""
        added = await self._connection.execute(
            upsert(self._connection, coupons).on_conflict_do_nothing(),
            {"key": coupon_key(self._vault, code), **row},
        )
        return bool(added.rowcount)

    async def _count(self, batch: CouponBatch, now: datetime) -> None:
        # After the coupon, so that the row of a hot batch is locked for a shorter time.
        counted = await self._connection.execute(COUNT_GIVEN, {"of_batch": batch.code, "now": now})
        if counted.rowcount == 0:
            raise NoCouponsLeft(batch.code)


@contextmanager
def _unique(kind: str, name: str) -> Iterator[None]:
    """Raises `AlreadyExists` for a unique key that is taken."""
    try:
        yield
    except IntegrityError as error:
        if is_unique_violation(error):
            raise AlreadyExists(kind, name) from error
        raise
