"""Finds coupons by their codes, and batches by their promotion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from adapters.database.claims.persons import person_index
from adapters.database.coupons.keys import coupon_key
from adapters.database.coupons.rows import coupon_of
from adapters.database.coupons.statements import IS_OPEN, WITH_USES
from adapters.database.engine import Database
from adapters.database.tables.coupons import coupon_batches, coupons
from core.domain.pricing.coupons.coupon import Coupon
from ports.encryption import Encryption

MOST_BATCHES = 20


@dataclass(frozen=True, slots=True)
class SqlFindCoupons:
    """`ports.pricing.FindCoupons`. A revoked coupon is not found."""

    database: Database
    vault: Encryption

    async def __call__(self, codes: Sequence[str], person: str) -> Mapping[str, Coupon]:
        if not codes:
            return {}
        by_key = {coupon_key(self.vault, code): code for code in codes}
        index = person_index(self.vault, person)
        found = WITH_USES.where(coupons.c.key.in_(by_key), coupons.c.revoked_at.is_(None))
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(found, {"of_person": index})).all()
        return {by_key[row.key]: coupon_of(row, person, index) for row in rows}


@dataclass(frozen=True, slots=True)
class SqlBatchesOfPromotion:
    """`ports.coupons.BatchesOfPromotion`."""

    database: Database

    async def __call__(self, promotion: str, now: datetime) -> tuple[str, ...]:
        batches = (
            select(coupon_batches.c.code)
            .where(coupon_batches.c.promotion == promotion, IS_OPEN)
            .order_by(coupon_batches.c.created_at.desc(), coupon_batches.c.code)
            .limit(MOST_BATCHES)
        )
        async with self.database.reads.connect() as connection:
            return tuple((await connection.scalars(batches, {"now": now})).all())
