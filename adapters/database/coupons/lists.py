"""Lists of batches, of the coupons of a member, and of uses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Row, Select, and_, exists, func, or_, select, tuple_

from adapters.database.claims.persons import person_index
from adapters.database.coupons.keys import owned_code
from adapters.database.coupons.rows import batch_of, coupon_of
from adapters.database.coupons.statements import HAS_ROOM, IS_OPEN, QUOTA, WITH_USES
from adapters.database.engine import Database
from adapters.database.tables.claims import claims
from adapters.database.tables.coupons import coupon_batches, coupons
from adapters.database.tables.orders import orders
from adapters.database.tables.pricing import promotions
from adapters.serialization.cursors import read_cursor, timestamp, write_cursor
from core.domain.claims import ClaimState
from core.domain.identifiers import CustomerId
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.promotions.managed import PromotionState
from ports.coupons import CouponUse, OfferedBatch, OwnedCoupon
from ports.encryption import Encryption

View = TypeVar("View")

PROMOTION_ENDED = exists().where(
    promotions.c.code == coupon_batches.c.promotion,
    promotions.c.state == str(PromotionState.ENDED),
)


@dataclass(frozen=True, slots=True)
class SqlCouponQueries:
    database: Database
    vault: Encryption

    async def batches(self, limit: int, cursor: str) -> tuple[tuple[CouponBatch, ...], str]:
        columns = (coupon_batches.c.created_at, coupon_batches.c.code)
        return await self._page(select(coupon_batches), columns, batch_of, limit, cursor)

    async def owned(
        self, person: str, limit: int, cursor: str
    ) -> tuple[tuple[OwnedCoupon, ...], str]:
        index = person_index(self.vault, person)

        def view(row: Row[Any]) -> OwnedCoupon:
            return OwnedCoupon(
                code=owned_code(self.vault, row.batch, row.owner, row.source),
                label=batch_of(row).label,
                coupon=coupon_of(row, person, index),
                issued_at=row.issued_at,
                revoked=row.revoked_at is not None,
                closed=row.closed,
            )

        own = (
            WITH_USES.add_columns(PROMOTION_ENDED.label("closed"))
            .where(coupons.c.owner == index)
            .params(of_person=index)
        )
        return await self._page(own, (coupons.c.issued_at, coupons.c.key), view, limit, cursor)

    async def offered(self, person: str, now: datetime) -> tuple[OfferedBatch, ...]:
        taken = (
            select(func.count())
            .where(
                coupons.c.owner == person_index(self.vault, person),
                coupons.c.batch == coupon_batches.c.code,
            )
            .scalar_subquery()
        )
        has_begun = or_(coupon_batches.c.starts_at.is_(None), coupon_batches.c.starts_at <= now)
        offered = (
            select(coupon_batches, taken.label("taken"))
            .where(coupon_batches.c.kind == CouponKind.CLAIMED, has_begun, IS_OPEN, HAS_ROOM)
            .where(~PROMOTION_ENDED)
            .order_by(coupon_batches.c.created_at.desc(), coupon_batches.c.code.desc())
        )
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(offered, {"now": now})
            return tuple(OfferedBatch(batch=batch_of(row), taken=row.taken) for row in rows)

    async def uses(self, batch: str, limit: int, cursor: str) -> tuple[tuple[CouponUse, ...], str]:
        uses = (
            select(
                orders.c.number,
                orders.c.placed_at,
                orders.c.customer_id,
                claims.c.state,
                coupons.c.key,
            )
            .join(claims, claims.c.order_id == orders.c.id)
            .join(coupons, and_(claims.c.key == QUOTA, coupons.c.batch == batch))
        )
        columns = (orders.c.placed_at, orders.c.number)
        return await self._page(uses, columns, _use_of, limit, cursor)

    async def _page(
        self,
        statement: Select[Any],
        position: Sequence[Column[Any]],
        view: Callable[[Row[Any]], View],
        limit: int,
        cursor: str,
    ) -> tuple[tuple[View, ...], str]:
        """``position`` is a time and a unique text."""
        page = statement.order_by(*(column.desc() for column in position)).limit(limit + 1)
        if cursor:
            page = page.where(tuple_(*position) < tuple_(*read_cursor(cursor, (timestamp, str))))
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(page)).all()
        views = tuple(view(row) for row in rows[:limit])
        if len(rows) <= limit:
            return views, ""
        at, last = (getattr(rows[limit - 1], column.name) for column in position)
        return views, write_cursor(at.isoformat(), last)


def _use_of(row: Row[Any]) -> CouponUse:
    return CouponUse(
        order=row.number,
        placed_at=row.placed_at,
        state=ClaimState(row.state),
        coupon=row.key,
        customer_id=CustomerId(row.customer_id) if row.customer_id else None,
    )
