"""Statements about coupons. Those that change a batch check its limits in their WHERE."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Insert,
    Text,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.columns import Utc
from adapters.database.tables.claims import claims, quota_uses, quotas
from adapters.database.tables.coupons import coupon_batches, coupons
from core.domain.claims import ClaimKind, ClaimState

_now: Any = bindparam("now", type_=Utc())
_units: Any = bindparam("units")

OF_BATCH = coupon_batches.c.code == bindparam("of_batch")
IS_OPEN = or_(coupon_batches.c.ends_at.is_(None), coupon_batches.c.ends_at > _now)
HAS_ROOM = or_(coupon_batches.c.size == 0, coupon_batches.c.made < coupon_batches.c.size)

COUNT_GIVEN = (
    update(coupon_batches).where(OF_BATCH, IS_OPEN, HAS_ROOM).values(made=coupon_batches.c.made + 1)
)

COUNT_CODES = (
    update(coupon_batches)
    .where(OF_BATCH, coupon_batches.c.made == bindparam("at_made"))
    .values(made=coupon_batches.c.made + _units)
)

_COLUMNS = ("key", "batch", "source", "issued_at")
_SAME: tuple[Any, ...] = (
    bindparam("of_batch", type_=Text),
    bindparam("source", type_=Text),
    bindparam("now", type_=coupons.c.issued_at.type),
)
_ELEMENT = func.json_each(bindparam("keys", type_=JSON)).table_valued("value").c.value
_INSERT_BY_JSON = insert(coupons).from_select(_COLUMNS, select(_ELEMENT, *_SAME))
_ITEM: Any = func.unnest(bindparam("keys", type_=ARRAY(Text))).column_valued("item")
_INSERT_BY_ARRAY = insert(coupons).from_select(_COLUMNS, select(_ITEM, *_SAME))


def insert_codes(connection: AsyncConnection) -> Insert:
    """One statement with all ``keys`` in one parameter: a third of the time of a row each."""
    return _INSERT_BY_JSON if connection.dialect.name == "sqlite" else _INSERT_BY_ARRAY


END = (
    update(coupon_batches)
    .where(OF_BATCH, IS_OPEN)
    .values(
        ends_at=_now,
        starts_at=case((coupon_batches.c.starts_at > _now, _now), else_=coupon_batches.c.starts_at),
    )
)

REVOKE = (
    update(coupons)
    .where(coupons.c.key == bindparam("of_key"))
    .values(revoked_at=func.coalesce(coupons.c.revoked_at, _now))
)

QUOTA: Any = literal(f"{ClaimKind.COUPON}:") + coupons.c.key
"""The key of the counters of a coupon; see `core.domain.claims.Claim.quota`."""

_used = select(func.sum(quotas.c.taken)).where(quotas.c.key == QUOTA).scalar_subquery()

_used_by_person = (
    select(quota_uses.c.taken)
    .where(quota_uses.c.person == bindparam("of_person"), quota_uses.c.key == QUOTA)
    .scalar_subquery()
)

TAKE_BACK = REVOKE.where(
    ~exists().where(claims.c.key == QUOTA, claims.c.state != str(ClaimState.RELEASED))
)
"""Of a coupon that no order uses."""

WITH_USES = select(
    coupons,
    *(column for column in coupon_batches.c if column.name != "created_at"),
    func.coalesce(_used, 0).label("used"),
    func.coalesce(_used_by_person, 0).label("used_by_person"),
).join(coupon_batches, coupon_batches.c.code == coupons.c.batch)
"""Coupons with their batches, and how often all, and one person, have used each of them."""
